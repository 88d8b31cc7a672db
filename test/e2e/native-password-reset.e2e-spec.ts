import { ManageAccount } from '@app/account';
import { bootApi, TEST_PUBLIC_URL, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { bearer, comparable } from '../support/http-client';
import { aPerson, goodTokens, ROOT, signIn, STRONG_PASSWORD, tokenTo, trySignIn } from './native-driver';

const RESET = `${ROOT}/password-reset`;

describe('native reset of the password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const confirm = (token: string, newPassword = STRONG_PASSWORD) =>
    api.http.post(`${RESET}/confirm`, { token, newPassword });

  /** By the one surface that asks for no code. */
  const moveUnproved = async (account: TestAccount, eml: string): Promise<void> => {
    const { accessToken } = await signIn(api, account);
    const { body } = await api.http.put('/api/user/v1/update', { eml }, { 'X-Access-Token': accessToken });
    expect(body.code).toBe(0);
  };

  it('[S-76] ends every session, signs nobody in, and tells the mailbox', async () => {
    const { account, tokens } = await aPerson(api);
    const other = await signIn(api, account);
    await api.http.post(RESET, { email: account.email.toUpperCase() });
    await confirm(await tokenTo(api, account.email, '/password-reset'));
    for (const earlier of [tokens, other]) expect(await goodTokens(api, earlier)).toEqual([]);
    expect((await trySignIn(api, account)).status).toBe(401);
    const { accessToken } = await signIn(api, { ...account, password: STRONG_PASSWORD });
    const sessions = await api.http.get(`${ROOT}/sessions`, bearer(accessToken));
    expect(sessions.body.sessions).toHaveLength(1);
    const subjects = (await api.mailsTo(account.email)).map(({ subject }) => subject);
    expect(subjects).toEqual(['Your password was changed', 'Set a new password']);
  });

  it('[S-78] asking for one changes nothing', async () => {
    const { account, tokens } = await aPerson(api);
    for (let times = 0; times < 5; times++) await api.http.post(RESET, { email: account.email });
    expect(await api.mailsTo(account.email)).toHaveLength(1);
    expect(await goodTokens(api, tokens)).toEqual(['access', 'refresh']);
    expect((await trySignIn(api, account)).status).toBe(201);
  });

  it('[S-54] a mailbox is mailed ten links an hour, although each is asked for after the pause', async () => {
    const { email } = await anAccount(api);
    for (let times = 0; times < 12; times++) {
      await api.http.post(RESET, { email });
      await api.age('61 seconds');
    }
    expect(await api.mailsTo(email)).toHaveLength(10);
    await api.age('1 hour');
    await api.http.post(RESET, { email });
    expect(await api.mailsTo(email)).toHaveLength(11);
  });

  it('[S-72] only the newest link works', async () => {
    const account = await anAccount(api);
    await api.http.post(RESET, { email: account.email });
    const first = await tokenTo(api, account.email, '/password-reset');
    await api.age('2 minutes');
    await api.http.post(RESET, { email: account.email });
    const second = await tokenTo(api, account.email, '/password-reset');
    expect((await confirm(first)).body.code).toBe('link.invalid');
    expect((await confirm(second)).status).toBe(204);
  });

  it('[S-73] [R20] of sixteen at once with one link exactly one wins', async () => {
    const account = await anAccount(api);
    await api.http.post(RESET, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    const passwords = Array.from({ length: 16 }, (_, n) => `the winner is number ${n}`);
    const answers = await Promise.all(passwords.map((password) => confirm(token, password)));

    const winners = passwords.filter((_, n) => answers[n]?.status === 204);
    expect(winners).toHaveLength(1);
    for (const { body } of answers.filter(({ status }) => status !== 204)) {
      expect(['link.invalid', 'account.changed-meanwhile', 'password.too-many-tries']).toContain(body.code);
    }
    const [winner = ''] = winners;
    expect((await trySignIn(api, { ...account, password: winner })).status).toBe(201);
    const loser = passwords.find((password) => password !== winner) ?? '';
    expect((await trySignIn(api, { ...account, password: loser })).status).toBe(401);
  });

  it('[S-71] answers the same bytes and headers for everyone, and mails only whom it may', async () => {
    const known = await anAccount(api);
    const disabled = await anAccount(api);
    await api.app.get(ManageAccount).patch(disabled.id, { disabled: true }, TEST_REQUESTER);
    const [withoutPassword, blocked, movable] = [await anAccount(api), await anAccount(api), await anAccount(api)];
    await api.dataSource.query('UPDATE account SET password_hash = NULL WHERE id = $1', [withoutPassword.id]);
    await api.dataSource.query('UPDATE account SET password_reset_required = true WHERE id = $1', [blocked.id]);
    const unproved = `unproved-${movable.email}`;
    await moveUnproved(movable, unproved);
    const resetsTo = async (email: string) =>
      (await api.mailsTo(email)).filter(({ text }) => text.includes('/password-reset/'));

    const first = comparable(await api.http.post(RESET, { email: 'nobody@example.com' }));
    const mailed = [known.email, withoutPassword.email, blocked.email];
    // The second of known's comes within the pause between two.
    for (const email of [...mailed, known.email, disabled.email, unproved, 'no address']) {
      expect([email, comparable(await api.http.post(RESET, { email }))]).toEqual([email, first]);
    }
    for (const email of mailed) expect(await resetsTo(email)).toHaveLength(1);
    for (const email of [disabled.email, unproved, 'nobody@example.com']) expect(await resetsTo(email)).toEqual([]);
  });

  it.each([
    ['shut', 'disabled = true'],
    ['deleted', 'deleted_at = now(), email = NULL, password_hash = NULL, display_name = NULL'],
  ])('[S-97] a link that was issued in the moment in which its account was %s opens nothing', async (_, end) => {
    const account = await anAccount(api);
    await api.http.post(RESET, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    await api.dataSource.query(`UPDATE account SET ${end} WHERE id = $1`, [account.id]);
    expect((await api.http.get(`/password-reset/${token}`)).status).toBe(422);
    expect((await confirm(token)).body.code).toBe('link.invalid');
  });

  it('[S-75] the link is built from the settings, whatever the headers say', async () => {
    const account = await anAccount(api);
    const evil = 'evil.example';
    await api.http.post(
      RESET,
      { email: account.email },
      { host: evil, 'x-forwarded-host': evil, origin: `https://${evil}` },
    );
    const [mail] = await api.mailsTo(account.email);
    expect(mail?.text).toContain(`${TEST_PUBLIC_URL}/password-reset`);
    expect(`${mail?.text}${mail?.html}`).not.toContain(evil);
  });

  it('[L-11] [S-77] a link that is read, as scanners do, stays good', async () => {
    const account = await anAccount(api);
    await api.http.post(RESET, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    for (const path of [`${RESET}/confirm?token=${token}`, `/password-reset/${token}`]) {
      for (const method of ['GET', 'HEAD']) await api.http.send(method, path, undefined, {});
    }
    expect((await confirm(token)).status).toBe(204);
  });
});

describe('resets that one source asks for', () => {
  const MOST = 3;
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ sourceFailures: MOST, trustedProxies: ['127.0.0.1'] });
  });
  afterAll(() => api.close());

  const ask = async (email: string, ip: string) =>
    comparable(await api.http.post(RESET, { email }, { 'X-Forwarded-For': ip }));
  const resetsTo = async ({ email }: TestAccount): Promise<number> => (await api.mailsTo(email)).length;

  it.each([
    ['an IPv4 address', () => '203.0.113.1', '203.0.113.2'],
    ['an IPv6 /64', (n: number) => `2001:db8:0:1::${n}`, '2001:db8:0:2::1'],
  ])('[S-78] end after a number of mails, and use up nobody’s: %s', async (_, source, elsewhere) => {
    const people = [];
    for (let n = 0; n <= MOST; n++) people.push(await anAccount(api));
    const answers = [];
    for (const [n, { email }] of people.entries()) answers.push(await ask(email, source(n + 1)));
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(answers[0]).toMatchObject({ status: 202 });
    const left = people.pop() as TestAccount;
    for (const person of people) expect(await resetsTo(person)).toBe(1);
    expect(await resetsTo(left)).toBe(0);

    await ask(left.email, elsewhere);
    expect(await resetsTo(left)).toBe(1);
    await api.age('16 minutes');
    await ask(left.email, source(1));
    expect(await resetsTo(left)).toBe(2);
  });

  it('[S-78] [S-23] go on where wrong passwords have used up what the source has of those', async () => {
    const account = await anAccount(api);
    const headers = { 'X-Forwarded-For': '203.0.113.9' };
    for (let n = 0; n <= MOST; n++) {
      await trySignIn(api, { email: `stranger-${n}@example.com`, password: 'wrong' }, headers);
    }
    expect((await trySignIn(api, account, headers)).status).toBe(429);
    await ask(account.email, '203.0.113.9');
    expect(await resetsTo(account)).toBe(1);
  });
});
