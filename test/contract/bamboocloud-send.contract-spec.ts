import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { comparable } from '../support/http-client';
import { unavailableAddresses } from '../support/unavailable-addresses';
import {
  aCode,
  codeIn,
  expectEmptySuccess,
  expectError,
  expectErrorInBothLanguages,
  forgetMails,
  LOGIN,
  PAGE_BODY,
  PAGE_HEADERS,
  SEND,
  without,
} from './bamboocloud-client';

describe('bamboocloud: send an email verification code', () => {
  let api: TestApi;
  const send = (email: unknown, type: unknown = 'UPDATE_EMAIL_EMS', headers = {}) =>
    api.http.post(SEND, { email, type, captcha_token: 'whatever' }, { ...PAGE_HEADERS, ...headers });

  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());
  beforeEach(() => forgetMails(api));

  it.each([
    ['en', {}, 'Your code for this e-mail address'],
    ['zh', { 'X-L': 'zh-CN' }, '本邮箱地址的验证码'],
  ])('mails a code in %s, and answers with 200 and nothing in it', async (_, language, subject) => {
    expectEmptySuccess(await send(PAGE_BODY.email, 'UPDATE_EMAIL_EMS', language));
    const mails = await api.mailsTo(PAGE_BODY.email);
    expect(mails.map((mail) => mail.subject)).toEqual([subject]);
    expect(codeIn(mails[0]?.text)).toMatch(/^[0-9]{6}$/);
  });

  it('[S-61] answers and mails the same for a free address and each that cannot be had; only the mail tells', async () => {
    const unavailable = await unavailableAddresses(api);
    await forgetMails(api);
    const free = 'nobody-has-this@example.com';
    const answer = await send(free);
    expectEmptySuccess(answer);
    const [toFree, ...others] = await api.mailsTo(free);
    expect(others).toEqual([]);
    expect(toFree?.text).not.toContain('already belongs');
    for (const [why, email] of Object.entries(unavailable)) {
      expect([why, comparable(await send(email))]).toEqual([why, comparable(answer)]);
      const mails = await api.mailsTo(email);
      expect([why, mails.length]).toEqual([why, 1]);
      expect(mails[0]?.text).toContain('This address already belongs to an account');
      expect(codeIn(mails[0]?.text)).not.toBe(codeIn(toFree?.text));
    }
  });

  it.each(['UPDATE_PWD_EMS', 'FORGET_PWD_EMS'])(
    'answers %s the same for everybody, and mails only accounts',
    async (type) => {
      const { email } = await anAccount(api);
      expectEmptySuccess(await send(email, type));
      expectEmptySuccess(await send('stranger@example.com', type));
      expect(codeIn((await api.mailsTo(email))[0]?.text)).toMatch(/^[0-9]{6}$/);
      expect(await api.mailsTo('stranger@example.com')).toEqual([]);
    },
  );

  it.each([undefined, null, '', 'REGISTER_EMS', 'update_email_ems', ['UPDATE_EMAIL_EMS'], 'constructor'])(
    'does not serve the type %j, whatever the address',
    async (type) => {
      for (const email of ['someone@example.com', 'no address', 7]) {
        const request = (language: object) => send(email, type ?? null, language);
        await expectErrorInBothLanguages(request, 'CAPTCHA.0006');
      }
    },
  );

  it.each([undefined, null, '', 'no address', ['a@example.com'], 'a@b'])('refuses the address %j', (email) =>
    expectErrorInBothLanguages((language) => send(email, 'UPDATE_EMAIL_EMS', language), 'USER.0021'),
  );

  it('asks for the device, then for the application, before it looks at the body', async () => {
    const headers = without(without(PAGE_HEADERS, 'X-agent'), 'X-client-id');
    expectError(await api.http.post(SEND, '{', headers), 'PARAM.0001');
    expectError(await api.http.post(SEND, '{', without(PAGE_HEADERS, 'X-client-id')), 'PARAM.0002');
    expectError(await api.http.post(SEND, '{', { ...PAGE_HEADERS, 'X-client-id': 'unknown' }), 'PARAM.0003');
    expectError(await api.http.post(SEND, '{', PAGE_HEADERS), 'PARAM.0400');
  });

  it('[S-54] waits 60 s between two sends to one address, whatever the type and whoever has it', async () => {
    const { email } = await anAccount(api);
    for (const address of [email, 'free-for-now@example.com']) {
      expectEmptySuccess(await send(address));
      const request = (language: object) => send(address.toUpperCase(), 'FORGET_PWD_EMS', language);
      await expectErrorInBothLanguages(request, 'COMMON.0429');
      const waits = Number((await request({})).headers.get('retry-after'));
      expect(waits).toBeGreaterThan(50);
      expect(waits).toBeLessThanOrEqual(60);
      expect(await api.mailsTo(address)).toHaveLength(1);
    }
    await api.age('61 seconds');
    expectEmptySuccess(await send(email));
  });

  it('[S-54] sends one mail when many ask at once', async () => {
    const answers = await Promise.all(Array.from({ length: 10 }, () => send('at-once@example.com')));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await api.mailsTo('at-once@example.com')).toHaveLength(1);
  });

  it('[S-54] mails one mailbox ten times an hour, its plus-tags together', async () => {
    const statuses: number[] = [];
    for (let n = 1; n <= 12; n += 1) statuses.push((await send(`flood+${n}@example.com`)).status);
    expect(statuses).toEqual([...Array<number>(10).fill(200), 429, 429]);
  });

  it('[S-57] mails the canonical address', async () => {
    expectEmptySuccess(await send('Mixed.Case@EXAMPLE.com'));
    expect(await api.mailsTo('mixed.case@example.com')).toHaveLength(1);
  });

  it('sends nobody a code that could be used where an address took effect unproved and can be undone', async () => {
    const { id, email } = await anAccount(api);
    await api.dataSource.query('UPDATE account SET email_verified = false WHERE id = $1', [id]);
    await api.dataSource.query(
      `INSERT INTO undo_token (id, account_id, token_hash, restores_email, replaced_email, expires_at)
       VALUES (gen_random_uuid(), $1, '\\x00', 'before@example.com', $2, now() + interval '7 days')`,
      [id, email],
    );
    expectEmptySuccess(await send(email, 'FORGET_PWD_EMS'));
    expect(await api.mailsTo(email)).toEqual([]);
  });

  it('says nothing of the device in a mail to who may have no account here', async () => {
    await aCode(api, 'bystander@example.com', 'UPDATE_EMAIL_EMS', { 'X-agent': 'Buy cheap watches' });
    const [mail] = await api.mailsTo('bystander@example.com');
    expect(mail?.text).not.toContain('watches');
  });
});

describe('bamboocloud: codes that one source has sent', () => {
  it('[S-54] [S-61] end with one answer for each address, cost these none of their mails, and leave the source all else', async () => {
    const api = await bootApi({ sourceFailures: 3, trustedProxies: ['127.0.0.1'] });
    const send = (email: string, headers = {}) =>
      api.http.post(SEND, { email, type: 'UPDATE_EMAIL_EMS' }, { ...PAGE_HEADERS, ...headers });
    const addresses = { free: 'walked-over@example.com', ...(await unavailableAddresses(api)) };
    for (let n = 1; n <= 3; n += 1) expectEmptySuccess(await send(`person-${n}@example.com`));

    for (const email of Object.values(addresses)) {
      await expectErrorInBothLanguages((language) => send(email, language), 'COMMON.0429');
      expect(Number((await send(email)).headers.get('retry-after'))).toBeGreaterThan(800);
      expect((await api.mailsTo(email)).filter(({ subject }) => subject.includes('code'))).toEqual([]);
    }
    for (const [n, email] of Object.values(addresses).entries()) {
      expectEmptySuccess(await send(email, { 'X-Forwarded-For': `203.0.113.${n}` }));
    }

    const { email, password } = await anAccount(api);
    const signedIn = await api.http.post(LOGIN, { user_name: email, password }, PAGE_HEADERS);
    expect(signedIn.status).toBe(200);
    await api.http.post('/account/v1/password-reset', { email });
    expect(await api.mailsTo(email)).toHaveLength(1);
    await api.age('16 minutes');
    expectEmptySuccess(await send('person-4@example.com'));
    await api.close();
  });
});
