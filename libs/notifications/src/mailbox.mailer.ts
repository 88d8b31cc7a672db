import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Mail, Mailer } from './mailer';

/** Keeps mails in the database, where `Mailbox` reads them. For development: there is no mail server to set up. */
@Injectable()
export class MailboxMailer implements Mailer {
  constructor(private readonly dataSource: DataSource) {}

  /** A message that is there already stays as it is: the outbox sends at least once. */
  async send(mail: Mail): Promise<void> {
    const headers = { ...mail.headers, 'Message-ID': mail.messageId };
    await this.dataSource.query(INSERT, [
      randomUUID(),
      mail.messageId,
      mail.to,
      mail.from,
      mail.subject,
      mail.text,
      mail.html,
      JSON.stringify(headers),
    ]);
  }
}

const INSERT = `
  INSERT INTO mailbox_message (id, message_id, recipient, sender, subject, text_body, html_body, headers)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (message_id) DO NOTHING`;
