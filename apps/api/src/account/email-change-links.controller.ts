import { Body, Controller, HttpCode, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { CancelEmailChange, UndoEmailChange } from '@app/account';
import type { Requester } from '@app/contracts';
import { Public, RequestedBy } from '../auth/decorators';
import { Fails } from '../http/fails';
import { EmailChangeCancelledDto, EmailChangeUndoneDto, MailedTokenDto } from './email-change.dto';

@Public('the token from the old mailbox proves the caller, who may have lost every session')
@ApiTags('E-mail change')
@Controller('account/v1/email-change')
export class EmailChangeLinksController {
  constructor(
    private readonly cancelChange: CancelEmailChange,
    private readonly undoChange: UndoEmailChange,
  ) {}

  /** Stops a pending change, by the link in the warning to the old address. */
  @Fails('link.invalid')
  @Post('cancel')
  @HttpCode(200)
  async cancel(
    @Body() { token }: MailedTokenDto,
    @RequestedBy() requester: Requester,
  ): Promise<EmailChangeCancelledDto> {
    await this.cancelChange.byToken(token, requester);
    return { cancelled: true };
  }

  /** Brings the old address back, whatever was changed since, and ends every session; only a mailed reset signs in again. */
  @Fails('link.invalid')
  @Post('undo')
  @HttpCode(200)
  async undo(@Body() { token }: MailedTokenDto, @RequestedBy() requester: Requester): Promise<EmailChangeUndoneDto> {
    const { email } = await this.undoChange.execute(token, requester);
    return { email, passwordResetRequired: true };
  }
}
