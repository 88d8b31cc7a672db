/** One message to one mailbox, ready to send. */
export interface Mail {
  /** `<…@…>`, the same each time the same news is sent to the same address. */
  messageId: string;
  /** One canonical address, without a display name. */
  to: string;
  /** `MAIL_FROM` as it stands, with or without a display name. */
  from: string;
  subject: string;
  text: string;
  html: string;
  /** BCP 47. */
  language: string;
  headers: Readonly<Record<string, string>>;
}

export abstract class Mailer {
  /**
   * Resolves once the message is accepted for delivery. May throw at any time; the outbox calls again with the same
   * message. @throws LastingFailure when this mailbox, or this message, is refused for good
   */
  abstract send(mail: Mail): Promise<void>;
}
