import type { SMTPServerOptions } from 'smtp-server';

/** What a mail server can do wrong, and what the outbox makes of it. */
export interface MailFault {
  /** `null`: nobody listens. */
  server: SMTPServerOptions | null;
  lastError: string;
  /** After so many attempts the delivery is given up. */
  maxAttempts: number;
}

const A_DAY = 82;
const AN_HOUR = 12;

export const MAIL_FAULTS: Record<string, MailFault> = {
  'is gone': { server: null, lastError: 'Error ECONNREFUSED', maxAttempts: A_DAY },
  'says 421 at once': { server: atOnce(421), lastError: 'Error EPROTOCOL 421', maxAttempts: A_DAY },
  'says 554 at once': { server: atOnce(554), lastError: 'Error EPROTOCOL 554', maxAttempts: A_DAY },
  'says 450 to our address': { server: toSender(450), lastError: 'Error EENVELOPE 450', maxAttempts: A_DAY },
  'says 550 to our address': { server: toSender(550), lastError: 'Error EENVELOPE 550', maxAttempts: A_DAY },
  'says 450 to the mailbox': { server: toRecipient(450), lastError: 'Error EENVELOPE 450', maxAttempts: A_DAY },
  'says 550 to the mailbox': { server: toRecipient(550), lastError: 'Error EENVELOPE 550', maxAttempts: AN_HOUR },
  'says 451 to the message': { server: toMessage(451), lastError: 'Error EMESSAGE 451', maxAttempts: A_DAY },
  'says 554 to the message': { server: toMessage(554), lastError: 'Error EMESSAGE 554', maxAttempts: AN_HOUR },
  'shows a certificate that has expired': {
    server: { disabledCommands: ['AUTH'] },
    lastError: 'Error CERT_HAS_EXPIRED',
    maxAttempts: A_DAY,
  },
};

/** What a server says may hold the address, and whatever it has read. */
function refusal(responseCode: number, words: string): Error {
  return Object.assign(new Error(words.replaceAll(/\s+/g, ' ')), { responseCode });
}

function atOnce(code: number): SMTPServerOptions {
  return { onConnect: (_session, done) => done(refusal(code, 'go away')) };
}

function toSender(code: number): SMTPServerOptions {
  return { onMailFrom: ({ address }, _session, done) => done(refusal(code, `<${address}> is refused`)) };
}

function toRecipient(code: number): SMTPServerOptions {
  return { onRcptTo: ({ address }, _session, done) => done(refusal(code, `<${address}> is refused`)) };
}

function toMessage(code: number): SMTPServerOptions {
  return {
    onData: (stream, _session, done) => {
      let raw = '';
      stream.on('data', (chunk: Buffer) => (raw += chunk.toString()));
      stream.on('end', () => done(refusal(code, raw)));
    },
  };
}
