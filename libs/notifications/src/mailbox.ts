import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MailboxMessage } from './mailbox-message.entity';

/** Reads the development mailbox. Empty for ever when mails go out by SMTP. */
@Injectable()
export class Mailbox {
  constructor(private readonly dataSource: DataSource) {}

  /** Newest first; with `to` only those to that canonical address. */
  list(to?: string): Promise<MailboxMessage[]> {
    const messages = this.dataSource.getRepository(MailboxMessage);
    return messages.find({ ...(to !== undefined && { where: { to } }), order: { sentAt: 'DESC' } });
  }

  async clear(): Promise<void> {
    await this.dataSource.getRepository(MailboxMessage).clear();
  }
}
