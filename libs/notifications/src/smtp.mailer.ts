import type { OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { LastingFailure } from '@app/platform';
import type { Mail, Mailer } from './mailer';
import { smtpOptions } from './smtp-options';

/** The wait for a free connection included: so long a server that hangs keeps a delivery from its next attempt. */
const SEND_MS = 60_000;
/** What the canonical form of an address may hold; nodemailer rewrites anything else instead of refusing it. */
const CANONICAL_ADDRESS = /^[a-z0-9.!#$%&'*+/=?^_`{|}~-]+@[a-z0-9.-]+$/i;

export class SmtpMailer implements Mailer, OnApplicationShutdown {
  private readonly transport;

  constructor(smtpUrl: string, isProduction: boolean) {
    this.transport = createTransport(smtpOptions(smtpUrl, isProduction));
  }

  async send(mail: Mail): Promise<void> {
    if (!CANONICAL_ADDRESS.test(mail.to)) throw new Error('A mail is sent to one canonical address only.');
    // A string would be parsed as a list of addresses: whoever chose it could add a recipient.
    const to = { name: '', address: mail.to };
    const sending = this.transport.sendMail({
      envelope: { from: mail.from, to },
      from: mail.from,
      to,
      subject: mail.subject,
      text: mail.text,
      html: mail.html,
      messageId: mail.messageId,
      headers: mail.headers,
      // A server that trickles its answers never meets a socket time-out.
      signal: AbortSignal.timeout(SEND_MS),
    });
    await sending.catch((error: unknown) => {
      throw isRefusal(error) ? new LastingFailure('A mail is refused for good.', { cause: error }) : error;
    });
  }

  /** Not earlier: what is being delivered when the process is told to stop ends before this hook. */
  onApplicationShutdown(): void {
    this.transport.close();
  }
}

/** Of the mailbox or the message (RFC 5321, 4.2.1). A 5xx to anything else speaks of our settings: others are sent after those are right. */
function isRefusal(error: unknown): boolean {
  const { permanent, command } = error as { permanent?: boolean; command?: string };
  return permanent === true && (command === 'RCPT TO' || command === 'DATA');
}
