import { CreateAccount } from '@app/account';
import { SecretKeys } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { bootReplica } from '../support/replica';
import { GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { DEVICE_HEADERS } from '../support/device-headers';
import { bearer, type HttpAnswer } from '../support/http-client';
import { codeIn } from '../support/mailed';
import { NEXT_PASSWORD, signInEverywhere } from '../support/surfaces';
import {
  aPerson,
  changePassword,
  codeTo,
  confirmEmailChange,
  goodTokens,
  OTHER_STRONG_PASSWORD,
  ROOT,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';
import { address, aTheft, emailOf, expectNothingGood, longerEachTime, undo } from './undo-driver';

/** The embedded database has one session: nothing is ever at the same moment. */
const ROUNDS = databaseKind === 'postgres' ? 50 : 3;
/** The same for one of the doors by which a thief goes on. */
const ROUNDS_A_DOOR = databaseKind === 'postgres' ? 9 : 2;

type Change = () => Promise<HttpAnswer>;
/** Has what it takes mailed before, so that the change is one request. */
type PrepareChange = (api: TestApi, accessToken: string) => Change | Promise<Change>;

const sdk = (accessToken: string) => ({ ...DEVICE_HEADERS, ...bearer(accessToken) });

const NEXT_CHANGES: Record<string, PrepareChange> = {
  'native password': (api, accessToken) => () =>
    changePassword(api, bearer(accessToken), { newPassword: NEXT_PASSWORD }),
  'native e-mail': async (api, accessToken) => {
    const next = address('next');
    await startEmailChange(api, bearer(accessToken), next);
    const code = await codeTo(api, next);
    return () => confirmEmailChange(api, bearer(accessToken), code);
  },
  'vivoldi both': (api, accessToken) => () =>
    api.http.put(
      '/api/user/v1/update',
      { eml: address('next'), pwd: NEXT_PASSWORD },
      { 'X-Access-Token': accessToken },
    ),
  'bamboocloud e-mail': async (api, accessToken) => {
    const email = address('next');
    await api.http.post('/api/v2/sdk/email/send', { email, type: 'UPDATE_EMAIL_EMS' }, DEVICE_HEADERS);
    const body = { email, verify_code: codeIn((await api.mailsTo(email))[0]) };
    return () => api.http.post('/api/v2/sdk/profile/update-email', body, sdk(accessToken));
  },
  'bamboocloud password': (api, accessToken) => () =>
    api.http.post(
      '/api/v2/sdk/pwd/change',
      { old_password: GOOD_PASSWORD, new_password: NEXT_PASSWORD },
      sdk(accessToken),
    ),
  'applivery password': (api, accessToken) => () =>
    api.http.post(
      '/v1/users/profile/change-password',
      { oldPassword: GOOD_PASSWORD, newPassword: NEXT_PASSWORD },
      bearer(accessToken),
    ),
};

/** In each dialect's words. */
const isDone = ({ status, body }: HttpAnswer): boolean => status < 300 && !body?.code;

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

  /** Of the thief's changes: done before the undo, and refused after it. */
  const ends = { done: 0, refused: 0 };

  it.each(Object.entries(NEXT_CHANGES))(
    '[R21] a thief’s next change by %s always wins, and leaves the thief nothing',
    async (_, prepare) => {
      const wait = longerEachTime(ROUNDS_A_DOOR);
      for (let round = 0; round < ROUNDS_A_DOOR; round++) {
        const { account, thief, token } = await aTheft(api);
        const tokens = await signInEverywhere(api, thief);
        const change = await prepare(replica, tokens.access);
        const changing = change();
        await wait(changing);
        const [undone, changed] = await Promise.all([undo(api, token), changing]);
        expect([undone.status, undone.body]).toEqual([200, { email: account.email, passwordResetRequired: true }]);
        expect(changed.status).toBeLessThan(500);
        ends[isDone(changed) ? 'done' : 'refused']++;
        expect(await emailOf(api, account)).toBe(account.email);
        await expectNothingGood(replica, tokens);
        if (changed.body?.tokens) expect(await goodTokens(api, changed.body.tokens)).toEqual([]);
        for (const password of [GOOD_PASSWORD, NEXT_PASSWORD]) {
          expect((await trySignIn(replica, { email: account.email, password })).status).toBe(401);
        }
      }
    },
  );

  if (databaseKind === 'postgres') {
    it('[R21] the changes of the thief came before it, and after it', () => {
      expect(ends.done).toBeGreaterThan(0);
      expect(ends.refused).toBeGreaterThan(0);
    });
  }

  it('[R21] "this was not me" beside a thief’s next change of password always wins too', async () => {
    const wait = longerEachTime(ROUNDS);
    for (let round = 0; round < ROUNDS; round++) {
      const { account, headers } = await aPerson(api);
      const { tokens } = (await changePassword(api, headers)).body;
      const token = await tokenTo(api, account.email, '/not-me');
      const next = { currentPassword: STRONG_PASSWORD, newPassword: OTHER_STRONG_PASSWORD };
      const changing = changePassword(replica, bearer(tokens.accessToken), next);
      await wait(changing);
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
      const { account: owner, token } = await aTheft(api);
      const { account: rival, headers } = await aPerson(api);
      await startEmailChange(api, headers, owner.email);
      // Its code is not mailed, since the address is reserved: the rival has guessed it.
      const hmac = api.app.get(SecretKeys).hmac('mailed-code', 'email-change', owner.email, rival.id, '', CODE);
      await api.dataSource.query('UPDATE mailed_code SET code_hmac = $1 WHERE account_id = $2', [hmac, rival.id]);
      const create = { email: owner.email, password: GOOD_PASSWORD };
      const run = () =>
        Promise.allSettled([
          undo(api, token),
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
