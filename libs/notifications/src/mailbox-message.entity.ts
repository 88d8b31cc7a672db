import { Column, CreateDateColumn, Entity, PrimaryColumn } from 'typeorm';

/** A mail that the development mailbox holds in place of a mail server. */
@Entity('mailbox_message')
export class MailboxMessage {
  @PrimaryColumn('uuid')
  id: string;

  @Column('text', { name: 'message_id', unique: true })
  messageId: string;

  @Column('text', { name: 'recipient' })
  to: string;

  @Column('text', { name: 'sender' })
  from: string;

  @Column('text')
  subject: string;

  @Column('text', { name: 'text_body' })
  text: string;

  @Column('text', { name: 'html_body' })
  html: string;

  @Column('jsonb')
  headers: Record<string, string>;

  @CreateDateColumn({ type: 'timestamptz', name: 'sent_at' })
  sentAt: Date;

  /** In which they were sent. */
  @Column('bigint', { select: false })
  position: string;
}
