import { SendCode } from '@app/account';
import type { Locale, Requester } from '@app/contracts';
import { Body, Controller, HttpCode, Post, UseGuards } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Public } from '../../auth/decorators';
import { Fails } from '../dialect';
import { AnswersEmpty } from './bamboocloud.dialect';
import { DescribesHeaders } from './bamboocloud.docs';
import { RequestedByDevice } from './device';
import { DeviceInformationGuard } from './device-information.guard';
import { Language } from './language';
import { ApplicationId, RegisteredApplicationGuard } from './registered-application.guard';
import { PURPOSES, SendCodeDto } from './send-code.dto';

@Public('nobody is signed in yet: a code only proves who reads the mailbox')
@ApiTags('Email')
@DescribesHeaders()
@Controller('api/v2/sdk/email')
@UseGuards(DeviceInformationGuard, RegisteredApplicationGuard)
export class BamboocloudCodeController {
  constructor(private readonly sendCode: SendCode) {}

  /** Sends an email verification code. The answer is the same whether or not somebody has the address. */
  @Fails('email.invalid', 'code.too-soon', 'code.not-sendable')
  @Post('send')
  @HttpCode(200)
  @AnswersEmpty()
  async send(
    @Body() { email, type }: SendCodeDto,
    @Language() locale: Locale,
    @ApplicationId() applicationId: string,
    @RequestedByDevice() requester: Requester,
  ): Promise<void> {
    await this.sendCode.execute({ email, purpose: PURPOSES[type], applicationId, locale }, requester);
  }
}
