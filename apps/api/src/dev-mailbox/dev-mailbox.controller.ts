import { Controller, Delete, Get, Header, HttpCode, Query } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Mailbox, type MailboxMessage } from '@app/notifications';
import { Public } from '../auth/decorators';
import { type MailDto, MailboxQueryDto, MailsDto } from './mailbox.dto';
import { MAILBOX_PAGE_CSP, mailboxPage } from './mailbox-page';

@Public('for the developer whose machine this is: on the internal listener, and absent in production')
@ApiTags('Development mailbox')
@Controller('dev/mailbox')
export class DevMailboxController {
  constructor(private readonly mailbox: Mailbox) {}

  /** The mails as a page. */
  @ApiOkResponse({ content: { 'text/html': { schema: { type: 'string' } } } })
  @Get()
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', MAILBOX_PAGE_CSP)
  async page(@Query() { to }: MailboxQueryDto): Promise<string> {
    return mailboxPage(await this.mailsTo(to), to ?? '');
  }

  /** The mails that would have gone out: the newest 200. */
  @Get('messages')
  async list(@Query() { to }: MailboxQueryDto): Promise<MailsDto> {
    const messages = await this.mailsTo(to);
    return { messages: messages.map(toMailDto) };
  }

  /** Empties the mailbox. */
  @Delete('messages')
  @HttpCode(204)
  clear(): Promise<void> {
    return this.mailbox.clear();
  }

  private mailsTo(address = ''): Promise<MailboxMessage[]> {
    return this.mailbox.list(address.trim().toLowerCase() || undefined);
  }
}

function toMailDto({ id, to, from, subject, text, html, headers, sentAt }: MailboxMessage): MailDto {
  return { id, to, from, subject, text, html, headers, sentAt };
}
