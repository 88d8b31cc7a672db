import { hashSync } from 'bcrypt';
import { PostgresQueryRunner } from 'typeorm/driver/postgres/PostgresQueryRunner';
import { SignedTokens } from '@app/session';
import { anApiKey, AUTH, keyed } from '../contract/vivoldi-client';
import { aPerson, changePassword, me, startEmailChange } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { SIGN_IN_DOORS } from '../support/surfaces';
import { aTokenFor, DOORS_BY_NAME, show } from '../support/token-doors';

const ACCOUNT_FAILURES = 3;
const WRONG = 'not the password at all';

/** The profile of the contract with `X-Access-Token` asks the log besides: it shows the last sign-in. */
const GUARDED_READS = DOORS_BY_NAME.filter(({ name }) => ['native me', 'users profile'].includes(name));

/** Of a right pair and of a wrong one: three at most, at any door. */
const TRIPS: Record<string, [right: number, wrong: number]> = {
  'native sign-in': [2, 2],
  'bamboocloud login': [3, 3],
  'applivery login': [3, 2],
};

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

  it.each(GUARDED_READS)(
    'of a guarded read are one, also of a token that is met the first time: $name',
    async ({ door }) => {
      const token = await aTokenFor(api, door);
      expect(await tripsOf(() => show(api, door, token))).toEqual([200, 1]);
      expect(await tripsOf(() => show(api, door, token))).toEqual([200, 1]);
    },
  );

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

  describe.each(Object.entries(SIGN_IN_DOORS))('at the %s', (name, { give, status }) => {
    const [right, wrong] = TRIPS[name] ?? [];

    it('of a sign-in are three at most', async () => {
      const account = await anAccount(api);
      expect(await tripsOf(() => give(api, account))).toEqual([status, right]);
    });

    it('of one that makes an old hash anew are as many', async () => {
      const password = 'imported-password';
      const account = await anAccount(api, { password, passwordHash: hashSync(password, 4) });
      expect(await tripsOf(() => give(api, account))).toEqual([status, right]);
      const [stored] = await api.dataSource.query<[object]>('SELECT password_hash FROM account WHERE id = $1', [
        account.id,
      ]);
      expect(stored).toEqual({ password_hash: expect.stringMatching(/^p\d+:/) as string });
    });

    it.each([true, false])(
      'of one that tells of many failures are as many, its address proved: %s',
      async (emailVerified) => {
        const account = await anAccount(api, { emailVerified });
        for (let n = 0; n < ACCOUNT_FAILURES; n++) await give(api, { ...account, password: WRONG });
        await api.age('16 minutes');
        expect(await tripsOf(() => give(api, account))).toEqual([status, right]);
        expect(await api.mailsTo(account.email)).toHaveLength(1);
      },
    );

    it('of a refused one are three at most, as many for nobody as for somebody', async () => {
      const { email: somebody } = await anAccount(api);
      await api.dataSource.query('TRUNCATE guess_budget');
      for (const email of [somebody, 'nobody@example.com']) {
        const [, trips] = await tripsOf(() => give(api, { email, password: WRONG }));
        expect(trips).toBe(wrong);
      }
      const counted: unknown = await api.dataSource.query(`SELECT tries FROM guess_budget WHERE scope = 'password'`);
      expect(counted).toEqual([{ tries: 1 }, { tries: 1 }]);
    });
  });

  it('of an authentication by API key are two, three for another member of the organisation', async () => {
    const organisation = { id: 'round-trips', role: 'owner' } as const;
    const owner = await anAccount(api, { plan: 'BUSINESS', organisation });
    const member = await anAccount(api, { organisation: { ...organisation, role: 'member' } });
    const headers = keyed(await anApiKey(api, owner));
    const authenticate = async (body: object) => {
      const { body: answer } = await api.http.post(AUTH, body, headers);
      return { status: answer.code };
    };
    expect(await tripsOf(() => authenticate({}))).toEqual([0, 2]);
    expect(await tripsOf(() => authenticate({ eml: member.email }))).toEqual([0, 3]);
  });

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
});
