import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ConfirmPasswordReset, nativePolicy, RequestPasswordReset } from '@app/account';
import type { Requester } from '@app/contracts';
import { Settings } from '@app/platform';
import { Public, RequestedBy } from '../auth/decorators';
import { Fails } from '../http/fails';
import { ConfirmPasswordResetDto, RequestPasswordResetDto } from './password-reset.dto';

@Public('for people who cannot sign in')
@ApiTags('Password')
@Controller('account/v1/password-reset')
export class PasswordResetController {
  constructor(
    private readonly requestReset: RequestPasswordReset,
    private readonly confirmReset: ConfirmPasswordReset,
    private readonly settings: Settings,
  ) {}

  /** Mails a link if the address is an account's. The answer never tells. */
  @Post()
  @HttpCode(202)
  async request(@Body() { email }: RequestPasswordResetDto, @RequestedBy() requester: Requester): Promise<void> {
    await this.requestReset.execute(email, requester);
  }

  /** Sets a new password by the mailed link. Ends every session and signs nobody in. */
  @Fails(
    'link.invalid',
    'password.too-weak',
    'password.too-many-tries',
    'password.unchanged',
    'account.changed-meanwhile',
  )
  @Post('confirm')
  @HttpCode(204)
  async confirm(@Body() dto: ConfirmPasswordResetDto, @RequestedBy() requester: Requester): Promise<void> {
    await this.confirmReset.execute(dto, nativePolicy(this.settings), requester);
  }
}
