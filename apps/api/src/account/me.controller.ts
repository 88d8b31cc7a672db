import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { LiveSession } from '@app/session';
import { SignedIn } from '../auth/decorators';
import { MeDto, meOf } from './me.dto';

@ApiTags('Account')
@Controller('account/v1/me')
export class MeController {
  /** The account behind the token. */
  @Get()
  read(@SignedIn() session: LiveSession): MeDto {
    // The guard's query has read it all: another one would halve the rate.
    return meOf(session);
  }
}
