import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { GuessBudget } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { SIGN_IN_DOORS } from '../support/surfaces';
import { changePassword, signIn, startEmailChange, trySignIn } from './native-driver';

const ALERT = 'Many wrong passwords, then the right one';
const WRONG = 'not the password at all';
const ACCOUNT_FAILURES = 3;

describe('a right password after many wrong ones', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ accountFailures: ACCOUNT_FAILURES });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => api.close());

  async function fail(account: TestAccount, times: number, give = trySignIn): Promise<void> {
    for (let n = 0; n < times; n++) await give(api, { ...account, password: WRONG });
  }

  /** So many failures that the account was closed for a while; it is open again. */
  async function aGuessedAccount(give?: typeof trySignIn): Promise<TestAccount> {
    const account = await anAccount(api);
    await fail(account, ACCOUNT_FAILURES, give);
    await api.age('16 minutes');
    return account;
  }

  const alertsTo = async ({ email }: TestAccount) =>
    (await api.mailsTo(email)).filter(({ subject }) => subject === ALERT);

  it.each(Object.entries(SIGN_IN_DOORS))(
    '[S-27] [S-39] [L-9] at %s is told to the mailbox, once',
    async (_, { give, status }) => {
      const account = await aGuessedAccount(give);
      expect((await give(api, account)).status).toBe(status);
      expect((await give(api, account)).status).toBe(status);
      const [alert, ...more] = await alertsTo(account);
      expect(more).toEqual([]);
      expect(alert?.text).toContain(`${ACCOUNT_FAILURES} wrong passwords`);
      expect(alert?.text).toContain('Network address: 127.0.0.1');
      expect(alert?.text).toContain('/password-reset');
    },
  );

  it('is told once when it is given several times together', async () => {
    const account = await aGuessedAccount();
    const budgets = api.app.get(GuessBudget);
    const settle = budgets.settle.bind(budgets);
    let left = ACCOUNT_FAILURES;
    let allAreRight = () => {};
    const right = new Promise<void>((resolve) => (allAreRight = resolve));
    jest.spyOn(budgets, 'settle').mockImplementation(async (...settlement) => {
      if (--left === 0) allAreRight();
      await right;
      return settle(...settlement);
    });
    const answers = await Promise.all(Array.from({ length: ACCOUNT_FAILURES }, () => trySignIn(api, account)));
    expect(answers.map(({ status }) => status)).toEqual(Array(ACCOUNT_FAILURES).fill(201));
    expect(await alertsTo(account)).toHaveLength(1);
  });

  it('is told when a session has guessed it, though what it was given for is refused', async () => {
    const account = await anAccount(api);
    const headers = bearer((await aSession(api, account)).accessToken);
    for (let n = 0; n < ACCOUNT_FAILURES; n++) await changePassword(api, headers, { currentPassword: WRONG });
    await api.age('16 minutes');
    expect((await changePassword(api, headers, { newPassword: 'short' })).body.code).toBe('password.too-weak');
    expect(await alertsTo(account)).toHaveLength(1);
  });

  it('leaves an Idempotency-Key to the request that brings it', async () => {
    const account = await anAccount(api);
    const headers = { ...bearer((await aSession(api, account)).accessToken), 'idempotency-key': randomUUID() };
    await fail(account, ACCOUNT_FAILURES);
    await api.age('16 minutes');
    const newEmail = `new-${account.email}`;
    const answers = [await startEmailChange(api, headers, newEmail), await startEmailChange(api, headers, newEmail)];
    expect(answers.map(({ status }) => status)).toEqual([202, 202]);
    expect(await api.mailsTo(newEmail)).toHaveLength(1);
  });

  it('[L-7] offers no reset to an unproved address, where none would be mailed while an older mailbox has an undo', async () => {
    const account = await anAccount(api);
    const headers = { 'X-Access-Token': (await aSession(api, account)).accessToken };
    const moved = { ...account, email: `moved-${account.email}` };
    await api.http.put('/api/user/v1/update', { eml: moved.email }, headers);
    await fail(moved, ACCOUNT_FAILURES);
    await api.age('16 minutes');
    await signIn(api, moved);
    const [alert] = await alertsTo(moved);
    expect(alert?.text).toContain('before it is confirmed');
    expect(alert?.text).not.toContain('/password-reset');
  });

  it('is not told after fewer, and a success starts the count anew', async () => {
    const account = await anAccount(api);
    for (let round = 0; round < 3; round++) {
      await fail(account, ACCOUNT_FAILURES - 1);
      await signIn(api, account);
    }
    expect(await alertsTo(account)).toEqual([]);
  });

  it('is told of guesses that keep below the limit of each window', async () => {
    const account = await anAccount(api);
    for (let window = 0; window < 2; window++) {
      await fail(account, ACCOUNT_FAILURES - 1);
      await api.age('16 minutes');
    }
    await signIn(api, account);
    expect((await alertsTo(account))[0]?.text).toContain(`${2 * (ACCOUNT_FAILURES - 1)} wrong passwords`);
  });

  it('[L-9] opens no session and forgets no failure when the alert cannot be written', async () => {
    const account = await aGuessedAccount();
    await api.dataSource.query(
      `CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'The disk is full.'; END $$`,
    );
    await api.dataSource.query(
      'CREATE TRIGGER disk_is_full BEFORE INSERT ON outbox_delivery FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    expect((await trySignIn(api, account)).status).toBe(500);
    await api.dataSource.query('DROP FUNCTION refuse CASCADE');
    const sessions = await api.dataSource.query('SELECT 1 FROM session WHERE account_id = $1', [account.id]);
    expect(sessions).toEqual([]);
    await signIn(api, account);
    expect(await alertsTo(account)).toHaveLength(1);
  });

  it('[S-23] lets nobody without the password cause a mail', async () => {
    const account = await aGuessedAccount();
    for (let window = 0; window < 3; window++) {
      await fail(account, ACCOUNT_FAILURES + 1);
      await api.age('1 day');
    }
    expect(await api.mailsTo(account.email)).toEqual([]);
  });
});
