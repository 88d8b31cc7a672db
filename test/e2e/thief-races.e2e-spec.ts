import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { DEVICE_HEADERS } from '../support/device-headers';
import type { TestAccount } from '../support/factories';
import type { HttpAnswer } from '../support/http-client';
import { bootReplica } from '../support/replica';
import { SIGN_IN_DOORS, signInEverywhere, type Tokens } from '../support/surfaces';
import { refresh, trySignIn } from './native-driver';
import { aTheft, emailOf, expectNothingGood, longerEachTime, undo } from './undo-driver';

/** Of each of three doors: more than fifty in all. The embedded database has one session. */
const ROUNDS_A_DOOR = databaseKind === 'postgres' ? 17 : 2;

type Enter = (api: TestApi, thief: TestAccount, tokens: Tokens) => Promise<HttpAnswer>;

const SIGN_INS = Object.entries(SIGN_IN_DOORS).map(([name, { give }]): [string, Enter] => [name, give]);
const RENEWALS: [string, Enter][] = [
  ['native refresh', (api, _, tokens) => refresh(api, { refreshToken: tokens.refresh })],
  [
    'users refresh',
    (api, _, { access, refresh: refreshToken }) =>
      api.http.post('/v1/auth/refresh', { lastAccessToken: access, refreshToken }),
  ],
  [
    'session handle',
    (api, _, { handle }) => {
      const headers = { ...DEVICE_HEADERS, 'session-token': handle };
      return api.http.post('/api/v2/sdk/sso/session-token/id-token', undefined, headers);
    },
  ],
];

/** Whatever in an answer may be a token of any kind. */
const tokensIn = ({ text }: HttpAnswer): string[] => text.match(/[\w.-]{43,}/g) ?? [];

describe('an undo at the same moment as', () => {
  let api: TestApi;
  let replica: TestApi;
  beforeAll(async () => {
    api = await bootApi();
    replica = await bootReplica(api);
  });
  afterAll(async () => {
    await replica.close();
    await api.close();
  });

  describe.each([
    ['a sign-in', SIGN_INS],
    ['a renewal', RENEWALS],
  ])('%s of the thief', (_, doors) => {
    /** Done before the undo, and refused after it. */
    const ends = { done: 0, refused: 0 };

    it.each(doors)('[R21] [S-64] by %s always wins, and leaves no session alive', async (_, enter) => {
      const waits = [longerEachTime(ROUNDS_A_DOOR / 2), longerEachTime(ROUNDS_A_DOOR / 2)] as const;
      for (let round = 0; round < ROUNDS_A_DOOR; round++) {
        const { account, thief, token } = await aTheft(api);
        const tokens = await signInEverywhere(api, thief);
        const calls = [() => undo(api, token), () => enter(replica, thief, tokens)] as const;
        const [first, second] = round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const);
        const begun = calls[first]();
        await waits[first](begun);
        const answers = await Promise.all([begun, calls[second]()]);
        const [undone, entered] = [answers[first], answers[second]];
        expect([undone.status, undone.body]).toEqual([200, { email: account.email, passwordResetRequired: true }]);
        expect(entered.status).toBeLessThan(500);
        const given = tokensIn(entered);
        ends[given.length > 0 ? 'done' : 'refused']++;
        expect(await emailOf(api, account)).toBe(account.email);
        await expectNothingGood(replica, tokens);
        for (const each of given) await expectNothingGood(replica, { access: each, refresh: each, handle: each });
        for (const { email } of [account, thief]) {
          expect((await trySignIn(replica, { ...thief, email })).status).toBe(401);
        }
      }
    });

    if (databaseKind === 'postgres') {
      it('[R21] came before it, and after it', () => {
        expect(ends.done).toBeGreaterThan(0);
        expect(ends.refused).toBeGreaterThan(0);
      });
    }
  });
});
