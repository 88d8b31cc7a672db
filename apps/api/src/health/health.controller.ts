import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { Public } from '../auth/decorators';
import { HealthDto } from './health.dto';

@Public('a load balancer asks without a token, and learns nothing else')
@ApiTags('Health')
@Controller('health')
export class HealthController {
  constructor(private readonly dataSource: DataSource) {}

  /** The process answers. */
  @Get('live')
  live(): HealthDto {
    return { status: 'ok' };
  }

  /** The database answers too, so requests can be served. */
  @Get('ready')
  async ready(): Promise<HealthDto> {
    try {
      await this.dataSource.query('SELECT 1');
      return { status: 'ok' };
    } catch (cause) {
      throw new DomainError('service.busy', {}, { cause });
    }
  }
}
