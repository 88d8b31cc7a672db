import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

export interface ReceivedMail {
  /** As the envelope says, whatever the header claims. */
  recipients: string[];
  sender: string;
  raw: string;
}

export interface MailServer {
  port: number;
  received: ReceivedMail[];
  /** How many messages came whole, kept or not. */
  begun: number;
  /** Takes a message and never says so. */
  isSilent: boolean;
  /** Keeps a message, and breaks the connection in place of an answer. */
  hangsUp: boolean;
  /** Refuses for good each message that has these words. */
  refusedWords: string | null;
  /** At once, whoever is connected. */
  close(): Promise<void>;
}

/** A real SMTP server that keeps what it accepts. Plain and without sign-in unless `options` say otherwise. */
export async function startMailServer(options: SMTPServerOptions = {}, port = 0): Promise<MailServer> {
  const received: ReceivedMail[] = [];
  const state = { received, begun: 0, isSilent: false, hangsUp: false, refusedWords: null as string | null };
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData: (stream, { id, envelope }, done) => {
      const sender = envelope.mailFrom ? envelope.mailFrom.address : '';
      const recipients = envelope.rcptTo.map(({ address }) => address);
      text(stream).then((raw) => {
        state.begun += 1;
        if (state.isSilent) return;
        if (state.refusedWords && raw.replaceAll('=\r\n', '').includes(state.refusedWords)) {
          return done(Object.assign(new Error('refused'), { responseCode: 554 }));
        }
        received.push({ recipients, sender, raw });
        if (state.hangsUp) [...server.connections].find((each) => each.id === id)?.close();
        else done();
      }, done);
    },
    ...options,
  });
  server.on('error', () => undefined);
  const listener = server.listen(port, '127.0.0.1');
  await once(listener, 'listening');
  return Object.assign(state, {
    port: (listener.address() as AddressInfo).port,
    close: () =>
      new Promise<void>((resolve) => {
        server.close(resolve);
        for (const connection of server.connections) connection.close();
      }),
  });
}
