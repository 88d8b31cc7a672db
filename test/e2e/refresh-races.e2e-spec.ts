import { randomInt } from 'node:crypto';
import { RevokeSessions } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { anAccount, aSession, TEST_REQUESTER } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';
import { bootReplica } from '../support/replica';
import { changePassword, goodTokens, me, refresh, ROOT, type Tokens } from './native-driver';

// The embedded database has one session: less can meet there.
const ROUNDS = databaseKind === 'postgres' ? 50 : 10;
const AT_ONCE = 16;

let replicas: [TestApi, TestApi];
beforeAll(async () => {
  const first = await bootApi({ refreshGraceSeconds: 10 });
  replicas = [first, await bootReplica(first)];
});
afterAll(async () => {
  for (const api of [...replicas].reverse()) await api.close();
});

/** Both at once, each on a replica of its own, in an order that nobody knows. */
async function race<A, B>(a: (api: TestApi) => Promise<A>, b: (api: TestApi) => Promise<B>): Promise<[A, B]> {
  const [one, other] = randomInt(2) === 0 ? replicas : [replicas[1], replicas[0]];
  if (randomInt(2) === 0) return Promise.all([a(one), b(other)]);
  const [second, first] = await Promise.all([b(other), a(one)]);
  return [first, second];
}

async function aPersonWithTokens() {
  const account = await anAccount(replicas[0]);
  const { accessToken, renewalToken, sessionId } = await aSession(replicas[0], account);
  const tokens: Tokens = { accessToken, refreshToken: String(renewalToken), session: { id: sessionId, expiresAt: '' } };
  return { account, tokens };
}

/** Nothing of the family is good for anything: what it began with, nor what a refresh has given. */
async function expectDead(tokens: Tokens, refreshed: HttpAnswer): Promise<void> {
  expect([200, 401]).toContain(refreshed.status);
  const all = refreshed.status === 200 ? [tokens, refreshed.body as Tokens] : [tokens];
  for (const each of all) expect(await goodTokens(replicas[randomInt(2)] ?? replicas[0], each)).toEqual([]);
}

const leavesOf = ({ session }: Tokens): Promise<unknown[]> =>
  replicas[0].dataSource.query('SELECT 1 FROM refresh_token WHERE session_id = $1 AND spent_at IS NULL', [session.id]);

describe('[I7] a family of refresh tokens', () => {
  it(`[R16] [S-92] has one leaf after ${AT_ONCE} refreshes with one token, on two replicas at once`, async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { tokens } = await aPersonWithTokens();
      const calls = Array.from({ length: AT_ONCE }, (_, n) => refresh(replicas[n % 2 === 0 ? 0 : 1], tokens));
      const answers = await Promise.all(calls);
      expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([200]));
      expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
      expect(await leavesOf(tokens)).toHaveLength(1);
    }
  });

  it('[R17] [S-96] is dead when a logout has met a refresh', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { tokens } = await aPersonWithTokens();
      const [refreshed, loggedOut] = await race(
        (api) => refresh(api, tokens),
        (api) => api.http.delete(`${ROOT}/sessions/current`, bearer(tokens.accessToken)),
      );
      expect(loggedOut.status).toBe(204);
      await expectDead(tokens, refreshed);
    }
  });

  it('[R17] [S-104] is dead when a service that ends all sessions of the account has met a refresh', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { account, tokens } = await aPersonWithTokens();
      const [refreshed] = await race(
        (api) => refresh(api, tokens),
        (api) => api.app.get(RevokeSessions).ofAccount(account.id, TEST_REQUESTER),
      );
      await expectDead(tokens, refreshed);
    }
  });

  it('[R17] [S-91] is dead when a spent token that is shown again has met a refresh', async () => {
    const { dataSource } = replicas[0];
    for (let round = 0; round < ROUNDS; round++) {
      const { tokens: spent } = await aPersonWithTokens();
      const newest = (await refresh(replicas[0], spent)).body as Tokens;
      await dataSource.query(`UPDATE refresh_token SET spent_at = spent_at - interval '11 s' WHERE session_id = $1`, [
        spent.session.id,
      ]);
      const [refreshed, again] = await race(
        (api) => refresh(api, newest),
        (api) => refresh(api, spent),
      );
      expect(again.status).toBe(401);
      await expectDead(newest, refreshed);
    }
  });

  it.each(['others', 'everywhere'])(
    '[R3] [I3] [S-93] is dead when a change of password, signing out %s, has met a refresh',
    async (signOut) => {
      for (let round = 0; round < ROUNDS; round++) {
        const { account, tokens } = await aPersonWithTokens();
        const asking = await aSession(replicas[0], account);
        const [refreshed, changed] = await race(
          (api) => refresh(api, tokens),
          (api) => changePassword(api, bearer(asking.accessToken), { signOut }),
        );
        expect(changed.status).toBe(200);
        await expectDead(tokens, refreshed);
        if (signOut === 'others') expect((await me(replicas[1], changed.body.tokens)).status).toBe(200);
      }
    },
  );

  it('[R3] [I3] [S-93] is dead when its own session has asked for the change', async () => {
    for (let round = 0; round < ROUNDS; round++) {
      const { tokens } = await aPersonWithTokens();
      const [refreshed, changed] = await race(
        (api) => refresh(api, tokens),
        (api) => changePassword(api, bearer(tokens.accessToken)),
      );
      expect(changed.status).toBe(200);
      await expectDead(tokens, refreshed);
      expect(await goodTokens(replicas[0], changed.body.tokens)).toEqual(['access', 'refresh']);
    }
  });
});
