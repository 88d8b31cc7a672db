import { Body, Controller, Get, HttpCode, Param, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ChangePassword } from '@app/account';
import { DomainError, type Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { AllowsPasswordChangeToken, Public, RequestedBy, SignedIn, TellsAccountGoneLater } from '../../auth/decorators';
import { BearerTokenGuard } from '../../auth/token.guard';
import { Fails } from '../dialect';
import { PasswordChangedDto, ProfileAnswerDto } from './answers.dto';
import { success } from './applivery.dialect';
import { ChangePasswordBody } from './applivery.docs';
import { APPLIVERY_POLICY } from './applivery.policy';
import { ChangePasswordDto } from './change-password.dto';
import { profileOf } from './profile.dto';

const ChangeFails = () =>
  Fails(
    'password.current-wrong',
    'password.too-many-tries',
    'password.too-weak',
    'password.unchanged',
    'account.changed-meanwhile',
  );

@Public('BearerTokenGuard stands in front of each route: the contract says in which order things are checked')
@ApiTags('Users')
@UseGuards(BearerTokenGuard)
@Controller('v1/users')
export class AppliveryController {
  constructor(private readonly changePassword: ChangePassword) {}

  /** The requesting user. */
  @Get('profile')
  profile(@SignedIn() session: LiveSession): ProfileAnswerDto {
    return success(profileOf(session));
  }

  /** Updates the requesting user's account password. Every token of the account is dead afterwards. */
  @ChangeFails()
  @ChangePasswordBody()
  @Post('profile/change-password')
  @HttpCode(200)
  @AllowsPasswordChangeToken()
  @TellsAccountGoneLater()
  async changeOwnPassword(
    @Body() dto: ChangePasswordDto,
    @SignedIn() session: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<PasswordChangedDto> {
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

  /** The same for the own id. Somebody else's is not found, whether it exists or not. */
  @ChangeFails()
  @ChangePasswordBody()
  @Post(':userId/change-password')
  @HttpCode(200)
  @AllowsPasswordChangeToken()
  @TellsAccountGoneLater()
  async changePasswordById(
    @Param('userId') userId: string,
    @Body() dto: ChangePasswordDto,
    @SignedIn() session: LiveSession,
    @RequestedBy() requester: Requester,
  ): Promise<PasswordChangedDto> {
    if (userId !== session.accountId) throw new DomainError('account.gone');
    return this.changeOwnPassword(dto, session, requester);
  }
}
