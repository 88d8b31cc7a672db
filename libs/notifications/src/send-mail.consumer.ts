import { Injectable } from '@nestjs/common';
import type { Change } from '@app/contracts';
import { AfterCommit, type Delivery, Settings } from '@app/platform';
import { composeMail } from './compose-mail';
import { Mailer } from './mailer';
import { SecretLife } from './secret-life';

@Injectable()
export class SendMailConsumer {
  constructor(
    private readonly mailer: Mailer,
    private readonly secretLife: SecretLife,
    private readonly settings: Settings,
  ) {}

  @AfterCommit('notifications.send-mail')
  async deliver(change: Change, delivery: Delivery): Promise<void> {
    const { publicUrl, mailFrom } = this.settings;
    // Before it is sent: nobody may read a code or a link that is not good yet.
    const expiresAt = delivery.secret && (await this.secretLife.begin(delivery.secret));
    const isRepeated = delivery.attempts > 1;
    await this.mailer.send(composeMail(change, { ...delivery, expiresAt, isRepeated }, { publicUrl, from: mailFrom }));
  }
}
