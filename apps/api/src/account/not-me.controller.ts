import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { DisownPasswordChange } from '@app/account';
import type { Requester } from '@app/contracts';
import { Public, RequestedBy } from '../auth/decorators';
import { Fails } from '../http/fails';
import { MailedTokenDto } from './email-change.dto';
import { PasswordChangeDisownedDto } from './password-reset.dto';

@Public('the token from the mail about a new password proves the caller, who may have lost every session')
@ApiTags('Password')
@Controller('account/v1/not-me')
export class NotMeController {
  constructor(private readonly disownChange: DisownPasswordChange) {}

  /** Says that a new password was not one's own: ends every session, and only a mailed reset signs in again. */
  @Fails('link.invalid')
  @Post()
  @HttpCode(200)
  async disown(
    @Body() { token }: MailedTokenDto,
    @RequestedBy() requester: Requester,
  ): Promise<PasswordChangeDisownedDto> {
    const { email } = await this.disownChange.execute(token, requester);
    return { email, passwordResetRequired: true };
  }
}
