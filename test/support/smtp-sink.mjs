import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { SMTPServer } from 'smtp-server';

/**
 * A real SMTP server on loopback. While `isSilent` it takes a message and never says so; while it `hangsUp` it keeps
 * the message, and breaks the connection in place of an answer; while it `echoes` it refuses in the message's own words.
 * With a `certificate` (`{ key, cert }`) it offers TLS.
 */
export async function startSmtpSink(certificate) {
  const mails = { received: [], begun: 0, isSilent: false, hangsUp: false, echoes: false };
  const server = new SMTPServer({
    disabledCommands: certificate ? ['AUTH'] : ['AUTH', 'STARTTLS'],
    ...certificate,
    logger: false,
    onData: (stream, { id, envelope }, done) => {
      const to = envelope.rcptTo.map(({ address }) => address);
      const keep = (raw) => {
        mails.begun++;
        if (mails.isSilent) return;
        mails.received.push({ to, raw });
        if (mails.echoes) done(Object.assign(new Error(raw.replaceAll(/\s+/g, ' ')), { responseCode: 450 }));
        else if (mails.hangsUp) [...server.connections].find((each) => each.id === id).close();
        else done();
      };
      text(stream).then(keep, done);
    },
  });
  server.on('error', () => undefined);
  const listener = server.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  return Object.assign(mails, { port: listener.address().port, close: () => server.close() });
}
