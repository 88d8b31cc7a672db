import { smtpOptions } from './smtp-options';

describe('the options of the mail server connection', () => {
  it.each([
    ['smtp://mail.example', true, { secure: false, requireTLS: true }],
    ['smtps://mail.example', true, { secure: true, requireTLS: true }],
    ['smtp://127.0.0.1:2525', true, { secure: false, requireTLS: false }],
    ['smtp://[::1]:2525', true, { host: '::1', requireTLS: false }],
    ['smtp://localhost.evil.example', true, { requireTLS: true }],
    ['smtp://127.0.0.1.evil.example', true, { requireTLS: true }],
    ['smtp://mail.example', false, { secure: false, requireTLS: false }],
    ['smtps://mail.example', false, { secure: true }],
  ])('[S-140] of %s with production %s demand TLS as they should', (url, isProduction, expected) => {
    expect(smtpOptions(url, isProduction)).toMatchObject(expected);
  });

  it('[S-140] keep verifying certificates, whatever the URL asks for', () => {
    const options = smtpOptions(
      'smtp://mail.example?tls.rejectUnauthorized=false&requireTLS=false&ignoreTLS=true',
      true,
    );
    expect(options).toMatchObject({ requireTLS: true, tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' } });
    expect(options).not.toHaveProperty('ignoreTLS');
  });

  it('take host, port, user and password from the URL', () => {
    const { host, port, auth } = smtpOptions('smtp://re%40key:p%3Aw@mail.example:2525', false);
    expect({ host, port, auth }).toEqual({ host: 'mail.example', port: 2525, auth: { user: 're@key', pass: 'p:w' } });
  });

  it('leave port and sign-in to their defaults when the URL names none', () => {
    expect(Object.keys(smtpOptions('smtp://mail.example', false))).not.toEqual(expect.arrayContaining(['port']));
    expect(Object.keys(smtpOptions('smtp://mail.example', false))).not.toEqual(expect.arrayContaining(['auth']));
  });

  it('[S-118] wait for no answer longer than 10 s, and leave retries to the outbox', () => {
    expect(smtpOptions('smtp://mail.example', false)).toMatchObject({
      dnsTimeout: 10_000,
      connectionTimeout: 10_000,
      greetingTimeout: 10_000,
      socketTimeout: 10_000,
      maxRequeues: 0,
    });
  });
});
