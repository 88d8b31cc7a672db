import { Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { RequestPasswordReset } from '@app/account';
import type { Requester } from '@app/contracts';
import { RevokeSessions } from '@app/session';
import { RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { Idempotent } from '../../idempotency/idempotent';
import { ForServices } from '../for-services';
import { uuidOr } from '../known-form.pipe';
import { SessionsEndedDto } from '../sessions/sessions-ended.dto';

const AccountId = () => Param('id', uuidOr('account.not-found'));

@ForServices()
@ApiTags('Accounts')
@Controller('internal/v1/accounts/:id')
export class AccountAccessController {
  constructor(
    private readonly revokeSessions: RevokeSessions,
    private readonly requestReset: RequestPasswordReset,
  ) {}

  /** Ends every session of the account; with any, its person is told. Credentials stay as they are. */
  @Fails('account.not-found')
  @Post('sessions/revoke')
  @Idempotent()
  @HttpCode(200)
  @RequiresScope('accounts:write')
  async endSessions(@AccountId() id: string, @RequestedBy() requester: Requester): Promise<SessionsEndedDto> {
    return { sessionsEnded: await this.revokeSessions.ofAccount(id, requester) };
  }

  /** Mails the person a link to set a new password. Nobody else sees it, and the old password stays until it is used. */
  @Fails('account.not-found', 'account.changed-meanwhile', 'password-reset.not-sendable')
  @Post('password-reset')
  @Idempotent()
  @HttpCode(202)
  @RequiresScope('accounts:write')
  async mailReset(@AccountId() id: string, @RequestedBy() requester: Requester): Promise<void> {
    await this.requestReset.executeFor(id, requester);
  }
}
