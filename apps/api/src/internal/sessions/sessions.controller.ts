import { Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { RevokeSessions } from '@app/session';
import { RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { Idempotent } from '../../idempotency/idempotent';
import { ForServices } from '../for-services';
import { SessionsEndedDto } from './sessions-ended.dto';

@ForServices()
@ApiTags('Sessions')
@Controller('internal/v1/sessions')
export class SessionsController {
  constructor(private readonly revokeSessions: RevokeSessions) {}

  /** Ends every session of every account: after a leak, or a restore from a backup. Nobody is mailed. */
  @Post('revoke')
  @Idempotent()
  @HttpCode(200)
  @RequiresScope('admin')
  async endAll(@RequestedBy() requester: Requester): Promise<SessionsEndedDto> {
    return { sessionsEnded: await this.revokeSessions.ofEverybody(requester) };
  }
}
