import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import type { SMTPServerOptions } from 'smtp-server';
import type { Change } from '@app/contracts';
import { composeMail } from '../../libs/notifications/src/compose-mail';
import { SmtpMailer } from '../../libs/notifications/src/smtp.mailer';
import { type MailServer, startMailServer } from '../support/mail-server';

const ADDRESS = 'ada+tag@example.com';
const SENDER = { publicUrl: 'https://accounts.example', from: 'Rekey <no-reply@accounts.example>' };
const HOSTILE = '<img src=x>\r\nBcc: x@evil.example\r\n\r\n.\r\nMAIL FROM:<x@evil.example>\u0000';

const change: Change = {
  id: '0b9ad6a5-6a5b-4a4e-9d8e-1f0f2b7f4c11',
  at: '2026-11-21T23:05:07.123Z',
  requester: {
    actor: { kind: 'service', clientId: HOSTILE, name: HOSTILE },
    requestId: HOSTILE,
    ip: HOSTILE,
    userAgent: HOSTILE,
    device: HOSTILE,
  },
  events: [
    {
      name: 'account.password-changed.v1',
      data: {
        accountId: 'a-1',
        credentialVersion: 2,
        by: 'change',
        keepSessionId: null,
        commonPassword: false,
        apiKeysAlive: 0,
        notMeUntil: null,
        recipients: [{ address: ADDRESS, locale: 'zh', role: 'current' }],
      },
    },
  ],
};
const mail = composeMail(change, { target: ADDRESS, secret: null }, SENDER);

const headersOf = (raw: string): string[] => (raw.split('\r\n\r\n')[0] ?? '').replace(/\r\n[ \t]+/g, ' ').split('\r\n');

describe('mail by SMTP', () => {
  let server: MailServer | undefined;
  let mailer: SmtpMailer | undefined;

  async function mailerTo(
    options: SMTPServerOptions,
    { host = '127.0.0.1', isProduction = false } = {},
  ): Promise<SmtpMailer> {
    server = await startMailServer(options);
    mailer = new SmtpMailer(`smtp://${host}:${server.port}`, isProduction);
    return mailer;
  }
  const received = () => server?.received ?? [];

  afterEach(async () => {
    mailer?.onApplicationShutdown();
    await server?.close();
  });

  it('[S-57] goes to exactly one recipient, the canonical address', async () => {
    await (await mailerTo({})).send(mail);
    expect(received()).toMatchObject([{ recipients: [ADDRESS], sender: 'no-reply@accounts.example' }]);
  });

  it('[S-58] has our headers and no others, whatever a caller sent', async () => {
    await (await mailerTo({})).send(mail);
    const headers = headersOf(received()[0]?.raw ?? '');
    expect(headers.map((header) => header.split(':')[0]).sort()).toEqual(
      [
        'Auto-Submitted',
        'Content-Language',
        'Content-Type',
        'Date',
        'From',
        'MIME-Version',
        'Message-ID',
        'Subject',
        'To',
      ].sort(),
    );
    expect(headers).toEqual(
      expect.arrayContaining([
        'Auto-Submitted: auto-generated',
        'Content-Language: zh',
        'From: Rekey <no-reply@accounts.example>',
        `Message-ID: ${mail.messageId}`,
        `To: ${ADDRESS}`,
      ]),
    );
  });

  it.each([
    'a@good.example,attacker@evil.example',
    'a@good.example\r\nBcc: x@evil.example',
    '<attacker@evil.example>a@good.example',
    'a@good.example;b@evil.example',
    'group:a@good.example;',
    '"a b"@good.example',
    'a(comment)@good.example',
    'a@good.example\u0000',
    'a@good.example\u200B',
    'a@ｇood.example',
    'a@good。example',
    '',
  ])('[S-58] is refused before a server hears of it when the address is %j', async (to) => {
    const sending = (await mailerTo({})).send({ ...mail, to });
    await expect(sending).rejects.toThrow('one canonical address');
    expect(received()).toEqual([]);
  });

  it('[S-140] is not sent in production when the server offers no TLS', async () => {
    // Not a loopback name, yet it reaches this machine.
    const sending = (await mailerTo({}, { host: '0.0.0.0', isProduction: true })).send(mail);
    await expect(sending).rejects.toMatchObject({ code: 'ETLS' });
    expect(received()).toEqual([]);
  });

  it('[S-140] is not sent to a server whose certificate does not verify', async () => {
    const sending = (await mailerTo({ disabledCommands: ['AUTH'] })).send(mail);
    await expect(sending).rejects.toThrow(/certificate/);
    expect(received()).toEqual([]);
  });

  it('[S-118] fails when the server refuses it for now, and is accepted when it is sent again', async () => {
    let refusals = 1;
    const onRcptTo: SMTPServerOptions['onRcptTo'] = (_address, _session, done) =>
      refusals-- > 0 ? done(Object.assign(new Error('Try later'), { responseCode: 450 })) : done();
    const sender = await mailerTo({ onRcptTo });
    await expect(sender.send(mail)).rejects.toMatchObject({ responseCode: 450 });
    await sender.send(mail);
    expect(received()).toHaveLength(1);
  });

  it('[S-118] is tried once when the server hangs up, so that the outbox decides on the next attempt', async () => {
    let connections = 0;
    const dropping = createServer((socket) => {
      connections += 1;
      socket.end();
    }).listen(0, '127.0.0.1');
    await once(dropping, 'listening');
    mailer = new SmtpMailer(`smtp://127.0.0.1:${(dropping.address() as AddressInfo).port}`, false);

    await expect(mailer.send(mail)).rejects.toThrow();
    expect(connections).toBe(1);
    dropping.close();
  });

  it('[S-118] is given up after ten seconds when the server never greets, or takes it and never answers', async () => {
    const mute = createServer(() => undefined).listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const toMute = new SmtpMailer(`smtp://127.0.0.1:${(mute.address() as AddressInfo).port}`, false);
    const toSilent = await mailerTo({});
    if (server) server.isSilent = true;

    const sendings = await Promise.allSettled([toMute.send(mail), toSilent.send(mail)]);
    expect(sendings).toMatchObject([{ reason: { code: 'ETIMEDOUT' } }, { reason: { code: 'ETIMEDOUT' } }]);
    expect(server?.begun).toBe(1);
    toMute.onApplicationShutdown();
    mute.close();
  });

  it('[S-118] is given up after a minute, however the server spreads its answers', async () => {
    const minute = new AbortController();
    const timeout = jest.spyOn(AbortSignal, 'timeout').mockReturnValue(minute.signal);
    const sending = (await mailerTo({})).send(mail);
    if (server) server.isSilent = true;
    while (server?.begun === 0) await new Promise((resolve) => setImmediate(resolve));
    minute.abort();
    await expect(sending).rejects.toThrow('aborted');
    expect(timeout).toHaveBeenCalledWith(60_000);
    timeout.mockRestore();
  });

  it('goes by a connection that is open already, if there is one', async () => {
    let connections = 0;
    const sender = await mailerTo({
      onConnect: (_session, done) => {
        connections += 1;
        done();
      },
    });
    for (let mails = 0; mails < 10; mails++) await sender.send(mail);
    expect([received().length, connections]).toEqual([10, 1]);
  });

  it('is not accepted any more once the application has shut down', async () => {
    const sender = await mailerTo({});
    sender.onApplicationShutdown();
    await expect(sender.send(mail)).rejects.toThrow('closed');
  });
});
