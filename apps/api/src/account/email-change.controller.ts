import { Body, Controller, Delete, Get, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import {
  CancelEmailChange,
  ChangeEmailByCode,
  ReadEmailChange,
  ResendEmailChange,
  StartEmailChange,
} from '@app/account';
import type { Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { RequestedBy, SignedIn } from '../auth/decorators';
import { Fails } from '../http/fails';
import { Idempotent } from '../idempotency/idempotent';
import {
  ConfirmEmailChangeDto,
  EmailChangedDto,
  pendingEmailChange,
  PendingEmailChangeDto,
  StartEmailChangeDto,
} from './email-change.dto';
import { KeptTokens } from './kept-tokens';
import { keptSessionId } from './sign-out';

@ApiTags('E-mail change')
@Controller('account/v1/me/email-change')
export class EmailChangeController {
  constructor(
    private readonly startChange: StartEmailChange,
    private readonly readChange: ReadEmailChange,
    private readonly cancelChange: CancelEmailChange,
    private readonly resendCode: ResendEmailChange,
    private readonly changeEmail: ChangeEmailByCode,
    private readonly keptTokens: KeptTokens,
  ) {}

  /** Asks for another address: a code to the new one, a warning to the old one. Free or taken makes no difference. */
  @Fails(
    'email.invalid',
    'password.current-wrong',
    'password.too-many-tries',
    'email.unchanged',
    'code.too-soon',
    'account.changed-meanwhile',
  )
  @Post()
  @Idempotent()
  @HttpCode(202)
  async start(
    @Body() { newEmail, currentPassword }: StartEmailChangeDto,
    @SignedIn() { accountId }: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<PendingEmailChangeDto> {
    return pendingEmailChange(await this.startChange.execute({ accountId, newEmail, currentPassword }, requester));
  }

  /** The change that waits for its code. */
  @Fails('email-change.not-pending')
  @Get()
  async read(@SignedIn() { accountId }: LiveSession): Promise<PendingEmailChangeDto> {
    return pendingEmailChange(await this.readChange.execute(accountId));
  }

  /** Takes the pending change back. */
  @Fails('email-change.not-pending')
  @Delete()
  @HttpCode(204)
  async cancel(@SignedIn() { accountId }: LiveSession, @RequestedBy() requester: Requester): Promise<void> {
    await this.cancelChange.execute(accountId, requester);
  }

  /** Another code to the new address; the one before it is dead. */
  @Fails('email-change.not-pending', 'code.too-soon', 'account.changed-meanwhile')
  @Post('resend')
  @HttpCode(202)
  async resend(
    @SignedIn() { accountId }: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<PendingEmailChangeDto> {
    return pendingEmailChange(await this.resendCode.execute(accountId, requester));
  }

  /** Puts the new address into force. Every earlier token is dead when the answer is sent, the asking one too. */
  @Fails('code.invalid', 'email.unavailable', 'account.changed-meanwhile')
  @Post('confirm')
  @HttpCode(200)
  async confirm(
    @Body() { code, signOut }: ConfirmEmailChangeDto,
    @SignedIn() session: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<EmailChangedDto> {
    const { email, ...outcome } = await this.changeEmail.confirm(
      { accountId: session.accountId, code, keepSessionId: keptSessionId(session, signOut) },
      requester,
    );
    return { email, ...(await this.keptTokens.after(outcome)) };
  }
}
