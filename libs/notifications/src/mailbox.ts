import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { MailboxMessage } from './mailbox-message.entity';

/** Of a mailbox that was long in use, all would be more than the memory holds. */
const MOST_LISTED = 200;

/** Reads the development mailbox. Empty for ever when mails go out by SMTP. */
@Injectable()
export class Mailbox {
  constructor(private readonly dataSource: DataSource) {}

  /** The newest, latest first; with `to` only those to that canonical address. */
  list(to?: string): Promise<MailboxMessage[]> {
    const messages = this.dataSource.getRepository(MailboxMessage);
    return messages.find({
      ...(to !== undefined && { where: { to } }),
      order: { position: 'DESC' },
      take: MOST_LISTED,
    });
  }

  async clear(): Promise<void> {
    await this.dataSource.getRepository(MailboxMessage).clear();
  }
}
