import { IsString, ValidateIf } from 'class-validator';
import { IsCleanText } from '../http/clean-text';

export class MailboxQueryDto {
  /**
   * Only the mails to this address; all when left out or empty.
   * @example ada@example.com
   */
  @ValidateIf((_, value) => value !== undefined)
  @IsString()
  @IsCleanText()
  to?: string;
}

export class MailDto {
  id: string;

  /** @example ada@example.com */
  to: string;

  from: string;

  subject: string;

  text: string;

  html: string;

  headers: Record<string, string>;

  sentAt: Date;
}

export class MailsDto {
  /** Newest first. */
  messages: MailDto[];
}
