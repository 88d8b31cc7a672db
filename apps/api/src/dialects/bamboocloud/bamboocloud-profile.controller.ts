import { ChangeEmailByCode } from '@app/account';
import type { Requester } from '@app/contracts';
import type { LiveSession } from '@app/session';
import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public, SignedIn } from '../../auth/decorators';
import { BearerTokenGuard } from '../../auth/token.guard';
import { Fails } from '../dialect';
import { AnswersEmpty } from './bamboocloud.dialect';
import { DescribesHeaders } from './bamboocloud.docs';
import { RequestedByDevice } from './device';
import { DeviceInformationGuard } from './device-information.guard';
import { ApplicationId, RegisteredApplicationGuard } from './registered-application.guard';
import { UpdateEmailDto } from './update-email.dto';

@Public('its own guards stand in front, in the order that the contract gives its checks')
@ApiTags('Profile')
@DescribesHeaders()
@Controller('api/v2/sdk/profile')
@UseGuards(DeviceInformationGuard, RegisteredApplicationGuard, BearerTokenGuard)
export class BamboocloudProfileController {
  constructor(private readonly changeEmail: ChangeEmailByCode) {}

  /** Updates the personal email of the signed-in user. Every IdToken and session token of the user is dead afterwards. */
  @Fails('email.invalid', 'code.invalid', 'email.unavailable', 'account.changed-meanwhile')
  @Post('update-email')
  @HttpCode(200)
  @AnswersEmpty()
  async updateEmail(
    @Body() dto: UpdateEmailDto,
    @SignedIn() { accountId }: LiveSession,
    @ApplicationId() applicationId: string,
    @RequestedByDevice() requester: Requester,
  ): Promise<void> {
    const command = { accountId, newEmail: dto.email, code: dto.verify_code, applicationId };
    await this.changeEmail.execute(command, requester);
  }
}
