import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { VerifyEmail } from '@app/account';
import type { Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { RequestedBy, SignedIn } from '../auth/decorators';
import { Fails } from '../http/fails';
import { ConfirmEmailVerificationDto, EmailVerifiedDto } from './email-verification.dto';

@ApiTags('E-mail verification')
@Controller('account/v1/email-verification')
export class EmailVerificationController {
  constructor(private readonly verifyEmail: VerifyEmail) {}

  /** Mails a code to the account's address, unless that is verified already. */
  @Fails('code.too-soon')
  @Post()
  @HttpCode(202)
  async request(@SignedIn() { accountId }: LiveSession, @RequestedBy() requester: Requester): Promise<void> {
    await this.verifyEmail.request(accountId, requester);
  }

  /** Proves an address that took effect unproved. */
  @Fails('code.invalid', 'account.changed-meanwhile')
  @Post('confirm')
  @HttpCode(200)
  async confirm(
    @Body() { code }: ConfirmEmailVerificationDto,
    @SignedIn() { accountId }: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<EmailVerifiedDto> {
    const { email } = await this.verifyEmail.confirm(accountId, code, requester);
    return { email, emailVerified: true };
  }
}
