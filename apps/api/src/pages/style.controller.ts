import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Controller, Get, Header } from '@nestjs/common';
import { Public } from '../auth/decorators';

@Public('the looks of the pages')
@Controller('pages')
export class StyleController {
  private readonly style = readFileSync(join(__dirname, 'templates/style.css'), 'utf8');

  @Get('style.css')
  @Header('content-type', 'text/css; charset=utf-8')
  read(): string {
    return this.style;
  }
}
