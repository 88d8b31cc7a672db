import { randomBytes, randomUUID } from 'node:crypto';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, GOOD_PASSWORD, type TestAccount } from '../support/factories';
import type { HttpAnswer } from '../support/http-client';
import {
  aPerson,
  changePassword,
  expectProblem,
  me,
  ROOT,
  signIn,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';

const WRONG = 'not the password at all';

describe('native sign-in', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const tryTimes = async (times: number, attempt: () => Promise<HttpAnswer>): Promise<number[]> => {
    const statuses: number[] = [];
    for (let n = 0; n < times; n++) statuses.push((await attempt()).status);
    return statuses;
  };

  it('[S-33] [L-6] counts wrong passwords of sign-in and of the change of password in one budget', async () => {
    const { account, headers } = await aPerson(api);
    const changes = await tryTimes(6, () => changePassword(api, headers, { currentPassword: WRONG }));
    expect(changes).toEqual(Array(6).fill(422));
    const signIns = await tryTimes(4, () => trySignIn(api, { ...account, password: WRONG }));
    expect(signIns).toEqual(Array(4).fill(401));

    expect((await changePassword(api, headers)).body.code).toBe('password.too-many-tries');
    expect((await trySignIn(api, account)).body.code).toBe('credentials.invalid');
  });

  it('[S-23] leaves sessions alone while the account is throttled, and opens again with time', async () => {
    const { account, tokens } = await aPerson(api);
    await tryTimes(11, () => trySignIn(api, { ...account, password: WRONG }));
    expect((await trySignIn(api, account)).status).toBe(401);
    expect((await me(api, tokens)).status).toBe(200);
    await api.age('16 minutes');
    expect((await trySignIn(api, account)).status).toBe(201);
  });

  it('[S-23] lets a reset from the mailbox clear the failures', async () => {
    const account = await anAccount(api);
    await tryTimes(11, () => trySignIn(api, { ...account, password: WRONG }));
    await api.http.post(`${ROOT}/password-reset`, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: STRONG_PASSWORD });
    expect((await trySignIn(api, { ...account, password: STRONG_PASSWORD })).status).toBe(201);
  });

  it('[S-23] [S-26] stops for good at a hundred failures in a row: sessions go on, and a reset opens it again', async () => {
    const { account, tokens, headers } = await aPerson(api);
    await trySignIn(api, { ...account, password: WRONG });
    await api.dataSource.query(
      `UPDATE guess_budget SET in_a_row = 100, window_ends_at = now() - interval '30 days' WHERE key = $1`,
      [account.id],
    );
    expect((await trySignIn(api, account)).status).toBe(401);
    const refused = await changePassword(api, headers);
    expect([refused.status, refused.body.code]).toEqual([429, 'password.too-many-tries']);
    expect(refused.headers.get('retry-after')).toBeNull();
    expect((await me(api, tokens)).status).toBe(200);
    await api.http.post(`${ROOT}/password-reset`, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: STRONG_PASSWORD });
    expect((await trySignIn(api, { ...account, password: STRONG_PASSWORD })).status).toBe(201);
  });

  it('[S-27] forgets the failures of an account with a success', async () => {
    const account = await anAccount(api);
    await tryTimes(9, () => trySignIn(api, { ...account, password: WRONG }));
    await signIn(api, account);
    await tryTimes(9, () => trySignIn(api, { ...account, password: WRONG }));
    expect((await trySignIn(api, account)).status).toBe(201);
  });

  it('[S-1] tells passwords of 128 characters apart that share their first 72 bytes', async () => {
    const shared = randomBytes(54).toString('base64');
    const [password, other] = ['B', 'C'].map((letter) => shared + letter.repeat(56));
    const { account, headers } = await aPerson(api);
    expect((await changePassword(api, headers, { newPassword: password })).status).toBe(200);
    expect((await trySignIn(api, { ...account, password: String(other) })).status).toBe(401);
    expect((await trySignIn(api, { ...account, password: String(password) })).status).toBe(201);
  });

  it('[S-3] takes a password in either Unicode form, and no other spelling', async () => {
    const account = await anAccount(api, { password: ' Crème brûlée für alle ' });
    expect((await trySignIn(api, { ...account, password: account.password.normalize('NFD') })).status).toBe(201);
    expect((await trySignIn(api, { ...account, password: account.password.trim() })).status).toBe(401);
    expect((await trySignIn(api, { ...account, password: account.password.toLowerCase() })).status).toBe(401);
    const wide = account.password.replace('C', 'Ｃ');
    expect((await trySignIn(api, { ...account, password: wide })).status).toBe(401);
  });

  it('[S-56] takes the address in any spelling', async () => {
    const account = await anAccount(api);
    expect((await trySignIn(api, { ...account, email: account.email.toUpperCase() })).status).toBe(201);
  });

  it('[S-28] opens a new session every time', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const again = await api.http.post(`${ROOT}/sessions`, { email: account.email, password: GOOD_PASSWORD }, headers);
    expect(again.body.session.id).not.toBe(tokens.session.id);
    expect((await me(api, tokens)).status).toBe(200);
  });
});

describe('native sign-in from a source that guesses', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ sourceFailures: 3 });
  });
  afterAll(() => api.close());

  it('[S-24] [S-132] is refused with 429 for every account, its refusal stands in the log, and good pairs cost the source nothing', async () => {
    const account = await anAccount(api);
    for (let n = 0; n < 4; n++) await signIn(api, account);
    for (let n = 0; n < 3; n++) {
      const answer = await trySignIn(api, { email: `nobody-${n}@example.com`, password: WRONG });
      expectProblem(answer, 401, 'credentials.invalid');
    }
    expectProblem(await trySignIn(api, account), 429, 'request.too-many');
    const refused = await api.dataSource.query(
      `SELECT account_id, requester->>'ip' AS ip FROM audit_event WHERE action = 'sign-in.refused'`,
    );
    expect(refused).toEqual([{ account_id: account.id, ip: '127.0.0.1' }]);
    await api.age('16 minutes');
    expect((await trySignIn(api, account)).status).toBe(201);
  });

  it('[S-25] is the one that the connection comes from, whatever a header says of another', async () => {
    await api.age('1 day');
    const account = await anAccount(api);
    const from = (source: string) =>
      trySignIn(
        api,
        { ...account, password: WRONG },
        {
          'X-Forwarded-For': source,
          Forwarded: `for=${source}`,
          'X-Real-IP': source,
          'True-Client-IP': source,
          'CF-Connecting-IP': source,
        },
      );
    for (let n = 1; n <= 3; n++) expectProblem(await from(`192.0.2.${n}`), 401, 'credentials.invalid');
    expectProblem(await from('192.0.2.4'), 429, 'request.too-many');
    expect(await addressesOf(api, account)).toEqual(Array(4).fill('127.0.0.1'));
  });
});

describe('native sign-in behind a proxy', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ trustedProxies: ['127.0.0.1'], sourceFailures: 2 });
  });
  afterAll(() => api.close());

  it('[S-19] [S-25] counts failures by account, wherever they come from', async () => {
    const account = await anAccount(api);
    const from = (source: number, password = WRONG) =>
      trySignIn(api, { ...account, password }, { 'X-Forwarded-For': `192.0.2.${source}` });
    for (let n = 0; n < 10; n++) expectProblem(await from(n), 401, 'credentials.invalid');
    expectProblem(await from(10, account.password), 401, 'credentials.invalid');
    const seen = await addressesOf(api, account);
    expect(seen).toEqual(Array.from({ length: 11 }, (_, n) => `192.0.2.${n}`));
  });

  it('[S-19] [S-24] lets no source that is refused use up the tries of an account', async () => {
    const account = await anAccount(api);
    const from = (address: string, attempt: { email: string; password: string }) =>
      trySignIn(api, attempt, { 'X-Forwarded-For': address });
    for (const email of ['a@example.com', 'b@example.com']) await from('203.0.113.1', { email, password: WRONG });
    for (let n = 0; n < 11; n++) expect((await from('203.0.113.1', account)).status).toBe(429);
    expect((await from('203.0.113.2', account)).status).toBe(201);
    expect(await api.mailsTo(account.email)).toEqual([]);
  });

  it('[S-24] counts failures by the /64 of an IPv6 address: who has one has all of it', async () => {
    const from = (address: string) =>
      trySignIn(api, { email: `${randomUUID()}@example.com`, password: WRONG }, { 'X-Forwarded-For': address });
    for (const host of ['::1', '::2']) expect((await from(`2001:db8:1:2${host}`)).status).toBe(401);
    expectProblem(await from('2001:db8:1:2:ffff::3'), 429, 'request.too-many');
    expect((await from('2001:db8:1:3::1')).status).toBe(401);
  });
});

/** From where the log says that somebody tried to sign in. */
async function addressesOf(api: TestApi, { id }: TestAccount): Promise<string[]> {
  const rows: { ip: string }[] = await api.dataSource.query(
    `SELECT requester->>'ip' AS ip FROM audit_event WHERE account_id = $1 AND action LIKE 'sign-in.%' ORDER BY id`,
    [id],
  );
  return rows.map(({ ip }) => ip);
}
