import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ChangePassword } from '@app/account';
import type { Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { AllowsPasswordChangeToken, Public, RequestedBy, SignedIn, TellsAccountGoneLater } from '../../auth/decorators';
import { BearerTokenGuard } from '../../auth/token.guard';
import { success } from './applivery.dialect';
import { APPLIVERY_POLICY } from './applivery.policy';
import { ChangePasswordDto } from './change-password.dto';

@Public('BearerTokenGuard stands in front of each route: the contract says in which order things are checked')
@Controller('v1/users')
export class AppliveryController {
  constructor(private readonly changePassword: ChangePassword) {}

  @Post('profile/change-password')
  @HttpCode(200)
  @UseGuards(BearerTokenGuard)
  @AllowsPasswordChangeToken()
  @TellsAccountGoneLater()
  async changeOwnPassword(@Body() dto: ChangePasswordDto, @SignedIn() session: LiveSession, @RequestedBy() requester: Requester) {
    await this.changePassword.execute(
      {
        accountId: session.accountId,
        currentPassword: dto.oldPassword,
        newPassword: dto.newPassword,
        keepSessionId: null,
      },
      APPLIVERY_POLICY,
      requester,
    );
    return success({ passwordChanged: 'OK' });
  }
}
