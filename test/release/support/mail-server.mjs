import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/** A real SMTP server on loopback. While `isSilent` it takes a message and never says so. */
export async function startMailServer() {
  const mails = { received: [], begun: 0, isSilent: false };
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    logger: false,
    onData: (stream, { envelope }, done) => {
      const to = envelope.rcptTo.map(({ address }) => address);
      const keep = (raw) => {
        mails.begun++;
        if (mails.isSilent) return;
        mails.received.push({ to, raw });
        done();
      };
      text(stream).then(keep, done);
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return Object.assign(mails, { port: listener.address().port, close: () => server.close() });
}
