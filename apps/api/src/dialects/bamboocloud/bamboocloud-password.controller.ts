import { ChangePassword, ChangePasswordByCode } from '@app/account';
import type { Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiBearerAuth, ApiSecurity, ApiTags } from '@nestjs/swagger';
import { AllowsPasswordChangeToken, Public, SignedIn } from '../../auth/decorators';
import { BearerTokenGuard } from '../../auth/token.guard';
import { Fails } from '../dialect';
import { AnswersEmpty } from './bamboocloud.dialect';
import { DescribesHeaders } from './bamboocloud.docs';
import { BAMBOOCLOUD_PASSWORDS, BAMBOOCLOUD_POLICY } from './bamboocloud.policy';
import { ChangePasswordDto } from './change-password.dto';
import { RequestedByDevice } from './device';
import { DeviceInformationGuard } from './device-information.guard';
import { OptionalTokenGuard } from './optional-token.guard';
import { ApplicationId, RegisteredApplicationGuard } from './registered-application.guard';
import { UpdatePasswordDto } from './update-password.dto';

@Public('its own guards stand in front, in the order that the contract gives its checks')
@ApiTags('Password')
@DescribesHeaders()
@Controller('api/v2/sdk/pwd')
@UseGuards(DeviceInformationGuard, RegisteredApplicationGuard)
@AllowsPasswordChangeToken()
export class BamboocloudPasswordController {
  constructor(
    private readonly changePassword: ChangePassword,
    private readonly changePasswordByCode: ChangePasswordByCode,
  ) {}

  /** Changes the password of the signed-in user. */
  @Fails(
    'password.current-wrong',
    'password.too-many-tries',
    'password.too-weak',
    'password.unchanged',
    'account.changed-meanwhile',
  )
  @Post('change')
  @UseGuards(BearerTokenGuard)
  @HttpCode(200)
  @AnswersEmpty()
  async change(
    @Body() { old_password, new_password }: ChangePasswordDto,
    @SignedIn() { accountId }: LiveSession,
    @RequestedByDevice() requester: Requester,
  ): Promise<void> {
    const command = { accountId, currentPassword: old_password, newPassword: new_password, keepSessionId: null };
    await this.changePassword.execute(command, BAMBOOCLOUD_POLICY, requester);
  }

  /** Sets a new password by a mailed code, for the signed-in user or for one who has forgotten the password. */
  @Fails('email.invalid', 'code.invalid', 'password.too-weak', 'password.unchanged', 'account.changed-meanwhile')
  @ApiBearerAuth('id-token')
  @ApiSecurity({})
  @Post('update-by-email')
  @UseGuards(OptionalTokenGuard)
  @HttpCode(200)
  @AnswersEmpty()
  async updateByEmail(
    @Body() { verify_code, email, password }: UpdatePasswordDto,
    @SignedIn() session: LiveSession | undefined,
    @ApplicationId() applicationId: string,
    @RequestedByDevice() requester: Requester,
  ): Promise<void> {
    const accountId = session?.accountId ?? null;
    const command = { accountId, email, code: verify_code, newPassword: password, applicationId };
    await this.changePasswordByCode.execute(command, BAMBOOCLOUD_PASSWORDS, requester);
  }
}
