import { Module } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Settings } from '@app/platform';
import { Mailbox } from './mailbox';
import { MailboxMailer } from './mailbox.mailer';
import { Mailer } from './mailer';
import { SendMailConsumer } from './send-mail.consumer';
import { SmtpMailer } from './smtp.mailer';

/** Sends the mails that committed changes call for. Needs `Settings` and the `DataSource` from a global module. */
@Module({
  providers: [
    {
      provide: Mailer,
      inject: [Settings, DataSource],
      useFactory: ({ smtpUrl, isProduction }: Settings, dataSource: DataSource): Mailer =>
        smtpUrl ? new SmtpMailer(smtpUrl, isProduction) : new MailboxMailer(dataSource),
    },
    SendMailConsumer,
    Mailbox,
  ],
  exports: [Mailbox],
})
export class NotificationsModule {}
