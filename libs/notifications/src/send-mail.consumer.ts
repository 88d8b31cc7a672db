import { Injectable } from '@nestjs/common';
import type { Change } from '@app/contracts';
import { AfterCommit, type Delivery, Settings } from '@app/platform';
import { composeMail } from './compose-mail';
import { Mailer } from './mailer';

@Injectable()
export class SendMailConsumer {
  constructor(
    private readonly mailer: Mailer,
    private readonly settings: Settings,
  ) {}

  @AfterCommit('notifications.send-mail')
  async deliver(change: Change, delivery: Delivery): Promise<void> {
    const { publicUrl, mailFrom } = this.settings;
    await this.mailer.send(composeMail(change, delivery, { publicUrl, from: mailFrom }));
  }
}
