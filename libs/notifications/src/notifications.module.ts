import { type DynamicModule, Module, type Type } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { Settings } from '@app/platform';
import { MailboxMailer } from './mailbox.mailer';
import { Mailer } from './mailer';
import { SecretLife } from './secret-life';
import { SendMailConsumer } from './send-mail.consumer';
import { SmtpMailer } from './smtp.mailer';

/** Sends the mails that committed changes call for. Needs `Settings` and the `DataSource` from a global module. */
@Module({})
export class NotificationsModule {
  static forRoot(secretLife: Type<SecretLife>): DynamicModule {
    return {
      module: NotificationsModule,
      providers: [
        {
          provide: Mailer,
          inject: [Settings, DataSource],
          useFactory: ({ smtpUrl, isProduction }: Settings, dataSource: DataSource): Mailer =>
            smtpUrl ? new SmtpMailer(smtpUrl, isProduction) : new MailboxMailer(dataSource),
        },
        { provide: SecretLife, useClass: secretLife },
        SendMailConsumer,
      ],
    };
  }
}
