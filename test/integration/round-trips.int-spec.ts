import { hashSync } from 'bcrypt';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner';
import { SignedTokens } from '@app/session';
import { aPerson, changePassword, me, startEmailChange, trySignIn } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';

const ACCOUNT_FAILURES = 3;

describe('the round trips to the database', () => {
  let api: TestApi;
  beforeAll(async () => {
    // With all that may be looked at besides: failures of a source, the age of a password.
    api = await bootApi({ sourceFailures: 100, accountFailures: ACCOUNT_FAILURES, passwordMaxAgeDays: 365 });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => api.close());

  /** Watches the statements on their way to the database; they all get there. */
  async function tripsOf(request: () => Promise<{ status: number }>): Promise<[status: number, trips: number]> {
    const sent = jest.spyOn(PostgresQueryRunner.prototype, 'query').mock.calls;
    const before = sent.length;
    const { status } = await request();
    return [status, sent.length - before];
  }

  it('of a guarded read are one, also of a token that is met the first time', async () => {
    const { tokens } = await aPerson(api);
    expect(await tripsOf(() => me(api, tokens))).toEqual([200, 1]);
    expect(await tripsOf(() => me(api, tokens))).toEqual([200, 1]);
  });

  it('of a guarded read come without a second judgement of the signature', async () => {
    const { tokens } = await aPerson(api);
    const judged = jest.spyOn(SignedTokens.prototype, 'keyOf').mock.calls;
    for (let n = 0; n < 3; n++) expect((await me(api, tokens)).status).toBe(200);
    expect(judged).toHaveLength(1);
  });

  it('of guarded reads that come together are shared', async () => {
    const { tokens } = await aPerson(api);
    const together = () => Promise.all(Array.from({ length: 20 }, () => me(api, tokens)));
    // Over connections that stand: those that are being opened come one by one.
    await together();
    const sent = jest.spyOn(PostgresQueryRunner.prototype, 'query').mock.calls;
    const answers = await together();
    expect(answers.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(sent.length).toBeLessThan(20);
  });

  it('of a sign-in are three', async () => {
    const account = await anAccount(api);
    expect(await tripsOf(() => trySignIn(api, account))).toEqual([201, 3]);
  });

  it('of a sign-in that makes an old hash anew are three', async () => {
    const password = 'imported-password';
    const account = await anAccount(api, { password, passwordHash: hashSync(password, 4) });
    expect(await tripsOf(() => trySignIn(api, account))).toEqual([201, 3]);
    const [stored] = await api.dataSource.query<[object]>('SELECT password_hash FROM account WHERE id = $1', [
      account.id,
    ]);
    expect(stored).toEqual({ password_hash: expect.stringMatching(/^p\d+:/) as string });
  });

  it.each([true, false])(
    'of a sign-in that tells of many failures are three, its address proved: %s',
    async (emailVerified) => {
      const account = await anAccount(api, { emailVerified });
      const wrong = { ...account, password: 'not the password at all' };
      for (let n = 0; n < ACCOUNT_FAILURES; n++) await trySignIn(api, wrong);
      await api.age('16 minutes');
      expect(await tripsOf(() => trySignIn(api, account))).toEqual([201, 3]);
      expect(await api.mailsTo(account.email)).toHaveLength(1);
    },
  );

  it('[S-8] of a password that is refused for a pending address are as many as for the own one', async () => {
    const { account, headers } = await aPerson(api);
    const pending = 'marsh.warden@example.org';
    await startEmailChange(api, headers, pending);
    for (const newPassword of [account.email, pending]) {
      expect(await tripsOf(() => changePassword(api, headers, { newPassword }))).toEqual([422, 4]);
    }
    await api.age('11 minutes');
    expect((await changePassword(api, headers, { newPassword: pending })).status).toBe(200);
  });

  it('of a refused sign-in are as many for nobody as for somebody', async () => {
    const account = await anAccount(api);
    const password = 'not the password at all';
    expect(await tripsOf(() => trySignIn(api, { ...account, password }))).toEqual([401, 2]);
    expect(await tripsOf(() => trySignIn(api, { email: 'nobody@example.com', password }))).toEqual([401, 2]);
    const counted: unknown = await api.dataSource.query(`SELECT tries FROM guess_budget WHERE scope = 'password'`);
    expect(counted).toEqual([{ tries: 1 }, { tries: 1 }]);
  });
});
