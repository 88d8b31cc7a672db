import { randomUUID } from 'node:crypto';
import { CreateAccount } from '@app/account';
import { SecretKeys } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { bootReplica } from '../support/replica';
import { GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';
import {
  aPerson,
  changePassword,
  confirmEmailChange,
  goodTokens,
  OTHER_STRONG_PASSWORD,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';

const address = (name: string) => `${name}-${randomUUID().slice(0, 8)}@example.org`;

/** The embedded database has one session: nothing is ever at the same moment. */
const ROUNDS = databaseKind === 'postgres' ? 25 : 3;

/** Lets so many turns of the event loop pass. */
async function turns(count: number): Promise<void> {
  for (let n = 0; n < count; n++) await new Promise(setImmediate);
}

describe('an undo at the same moment as', () => {
  let api: TestApi;
  let replica: TestApi;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0 });
    replica = await bootReplica(api, { codeResendSeconds: 0 });
  });
  afterAll(async () => {
    await replica.close();
    await api.close();
  });

  const undo = (token: string) => api.http.post(`${ROOT}/email-change/undo`, { token });
  const emailOf = async (id: string): Promise<string> =>
    (await api.dataSource.query('SELECT email FROM account WHERE id = $1', [id]))[0].email;

  /** A thief has the account under another address; `token` is in the owner's mailbox. */
  async function aTheft() {
    const { account, tokens: stolen } = await aPerson(api);
    const email = address('thief');
    await api.http.put('/api/user/v1/update', { eml: email }, { 'X-Access-Token': stolen.accessToken });
    const tokens = await signIn(api, { ...account, email });
    return { account, tokens, token: await tokenTo(api, account.email, '/email-change/undo') };
  }

  const CHANGES = {
    password: (accessToken: string) => changePassword(replica, bearer(accessToken)),
    address: (accessToken: string) =>
      replica.http.put('/api/user/v1/update', { eml: address('next') }, { 'X-Access-Token': accessToken }),
  };

  it.each(Object.entries(CHANGES))(
    '[R21] a thief’s change of %s always wins, and leaves the thief nothing',
    async (_, change) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { account, tokens, token } = await aTheft();
        const changing = change(tokens.accessToken);
        await turns(round);
        const [undone, changed] = await Promise.all([undo(token), changing]);
        expect([undone.status, undone.body]).toEqual([200, { email: account.email, passwordResetRequired: true }]);
        expect(changed.status).toBeLessThan(500);
        expect(await emailOf(account.id)).toBe(account.email);
        const kept = changed.body.tokens ? [tokens, changed.body.tokens] : [tokens];
        for (const each of kept) expect(await goodTokens(api, each)).toEqual([]);
        for (const password of [GOOD_PASSWORD, STRONG_PASSWORD]) {
          expect((await trySignIn(replica, { email: account.email, password })).status).toBe(401);
        }
      }
    },
  );

  it('[R21] "this was not me" beside a thief’s next change of password always wins too', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { account, headers } = await aPerson(api);
      const { tokens } = (await changePassword(api, headers)).body;
      const token = await tokenTo(api, account.email, '/not-me');
      const next = { currentPassword: STRONG_PASSWORD, newPassword: OTHER_STRONG_PASSWORD };
      const changing = changePassword(replica, bearer(tokens.accessToken), next);
      await turns(round * 60);
      const [disowned, changed] = await Promise.all([api.http.post(`${ROOT}/not-me`, { token }), changing]);
      expect(disowned.status).toBe(200);
      expect(changed.status).toBeLessThan(500);
      if (changed.body.tokens) expect(await goodTokens(api, changed.body.tokens)).toEqual([]);
      expect((await trySignIn(api, { ...account, password: OTHER_STRONG_PASSWORD })).status).toBe(401);
    }
  });

  describe('others take its address', () => {
    const CODE = '042317';

    /** The owner's undo, a rival's confirmed change and a new account, all for one address. */
    async function aContest() {
      const { account: owner, token } = await aTheft();
      const { account: rival, headers } = await aPerson(api);
      await startEmailChange(api, headers, owner.email);
      // Its code is not mailed, since the address is reserved: the rival has guessed it.
      const hmac = api.app.get(SecretKeys).hmac('mailed-code', 'email-change', owner.email, rival.id, '', CODE);
      await api.dataSource.query('UPDATE mailed_code SET code_hmac = $1 WHERE account_id = $2', [hmac, rival.id]);
      const create = { email: owner.email, password: GOOD_PASSWORD };
      const run = () =>
        Promise.allSettled([
          undo(token),
          confirmEmailChange(replica, headers, CODE),
          api.app.get(CreateAccount).execute(create, TEST_REQUESTER),
        ]);
      const holders = async (): Promise<{ id: string }[]> =>
        api.dataSource.query('SELECT id FROM account WHERE email = $1', [owner.email]);
      return { owner, run, holders };
    }

    it('[R12] [S-65] leaves it to the owner while the undo is possible', async () => {
      for (let round = 0; round < ROUNDS / 2; round++) {
        const { owner, run, holders } = await aContest();
        const [undone, confirmed, created] = await run();
        expect(undone).toMatchObject({ value: { status: 200 } });
        expect([409, 422]).toContain(confirmed.status === 'fulfilled' && confirmed.value.status);
        expect(created).toMatchObject({ reason: { code: 'email.unavailable' } });
        expect(await holders()).toEqual([{ id: owner.id }]);
      }
    });

    it('[R12] [S-55] leaves it to one of the others afterwards', async () => {
      for (let round = 0; round < ROUNDS / 2; round++) {
        const { owner, run, holders } = await aContest();
        await api.dataSource.query('UPDATE undo_token SET expires_at = now()');
        await api.dataSource.query('UPDATE email_claim SET reserved_until = now() WHERE email = $1', [owner.email]);
        const [undone, confirmed, created] = await run();
        expect(undone).toMatchObject({ value: { status: 422 } });
        const got = [
          confirmed.status === 'fulfilled' && confirmed.value.status === 200,
          created.status === 'fulfilled',
        ];
        expect(got.filter(Boolean)).toHaveLength(1);
        expect(await holders()).toHaveLength(1);
      }
    });
  });
});
