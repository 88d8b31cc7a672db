import { ManageAccount } from '@app/account';
import { Applications, type IssuedTokens, RevokeSessions } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { mouldOf, remade, signed, STRANGER } from '../support/forged-tokens';
import { bearer } from '../support/http-client';
import { bootReplica } from '../support/replica';
import { introspect } from '../support/surfaces';
import { aServiceToken } from '../support/token-doors';
import { ALGORITHM_ATTACKS } from './token-attacks';
import { changePassword, codeTo, confirmEmailChange, refresh, ROOT, startEmailChange } from './native-driver';

let replicas: [TestApi, TestApi];
let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
  replicas = [api, await bootReplica(api)];
});
afterAll(async () => {
  for (const each of [...replicas].reverse()) await each.close();
});

/** What has become of a session whose tokens are these. Resolves with the token to ask about, its own if none. */
type Fate = (session: IssuedTokens, account: TestAccount) => Promise<unknown>;

const refreshed: Fate = async ({ renewalToken }) =>
  (await refresh(api, { refreshToken: String(renewalToken) })).body.accessToken;
const manage = () => api.app.get(ManageAccount);
const patch = (id: string, disabled: boolean) => manage().patch(id, { disabled }, TEST_REQUESTER);
const endSessions = (query: string, { accessToken }: IssuedTokens) =>
  api.http.delete(`${ROOT}/sessions${query}`, bearer(accessToken));
const endInTime = async ({ sessionId }: IssuedTokens, column: string): Promise<void> => {
  await api.dataSource.query(`UPDATE session SET ${column} = now() - interval '1 s' WHERE id = $1`, [sessionId]);
};

const LIVE: Record<string, Fate> = {
  'just signed in': () => Promise.resolve(),
  'from before a refresh': async (session, account) => void (await refreshed(session, account)),
  'from a refresh': refreshed,
  'kept when the others were signed out': async (session, account) => {
    await aSession(api, account);
    await endSessions('?scope=others', session);
  },
  'from a change of its own': async ({ accessToken }) =>
    (await changePassword(api, bearer(accessToken))).body.tokens.accessToken,
};

const DEAD: Record<string, Fate> = {
  'signed out': (session) => endSessions('/current', session),
  'signed out from another session': async (_, account) => endSessions('?scope=others', await aSession(api, account)),
  'signed out everywhere': (session) => endSessions('?scope=all', session),
  'from before a change of its own': async ({ accessToken }) => void (await changePassword(api, bearer(accessToken))),
  'from before a change of address': async (_, account) => {
    const headers = bearer((await aSession(api, account)).accessToken);
    await startEmailChange(api, headers, `new-${account.email}`);
    await confirmEmailChange(api, headers, await codeTo(api, `new-${account.email}`));
  },
  'whose family was ended by a spent refresh token': async (session, account) => {
    await refreshed(session, account);
    await api.dataSource.query(`UPDATE refresh_token SET spent_at = spent_at - interval '1 h' WHERE session_id = $1`, [
      session.sessionId,
    ]);
    await refreshed(session, account);
  },
  'ended by a service': (_, { id }) => api.app.get(RevokeSessions).ofAccount(id, TEST_REQUESTER),
  'of a disabled account': (_, { id }) => patch(id, true),
  'of an account that was disabled and enabled': async (_, { id }) => {
    await patch(id, true);
    await patch(id, false);
  },
  'of a deleted account': (_, { id }) => manage().delete(id, TEST_REQUESTER),
  'of an account that must change its password': (_, { id }) => manage().requirePasswordChange(id, TEST_REQUESTER),
  'that may only change the password': async (_, account) => {
    await manage().requirePasswordChange(account.id, TEST_REQUESTER);
    return (await aSession(api, account)).accessToken;
  },
  'of a session that was idle for too long': (session) => endInTime(session, 'idle_expires_at'),
  'of a session at its end': (session) => endInTime(session, 'expires_at'),
  'of a revoked application': async (_, account) => {
    const applications = api.app.get(Applications);
    const { clientId: applicationId } = await applications.register('Lost phone app', TEST_REQUESTER);
    const { accessToken } = await aSession(api, account, { applicationId });
    await applications.revoke(applicationId, TEST_REQUESTER);
    return accessToken;
  },
  'past its own time': ({ accessToken }) => Promise.resolve(timed(accessToken, -600, -1)),
  'before its own time': ({ accessToken }) => Promise.resolve(timed(accessToken, 600, 1200)),
  'signed by a stranger': ({ accessToken }) => {
    const { header, claims } = mouldOf(api, accessToken);
    return Promise.resolve(signed(header, claims, STRANGER.privateKey));
  },
  'without a signature': ({ accessToken }) =>
    Promise.resolve(ALGORITHM_ATTACKS['alg none']?.(mouldOf(api, accessToken))),
  'of a key that was removed': ({ accessToken }) =>
    Promise.resolve(remade(mouldOf(api, accessToken), { header: { kid: 'removed' } })),
  'of another issuer': ({ accessToken }) => Promise.resolve(claiming(accessToken, { iss: 'https://rekey.example' })),
  'for another audience': ({ accessToken }) => Promise.resolve(claiming(accessToken, { aud: 'https://rekey.example' })),
  'of another account’s session': async ({ accessToken }) => claiming(accessToken, { sub: (await anAccount(api)).id }),
  'of a service': () => aServiceToken(api, 'admin'),
  'that is a refresh token': ({ renewalToken }) => Promise.resolve(renewalToken),
};

function timed(accessToken: string, from: number, to: number): string {
  const seconds = Math.floor(Date.now() / 1000);
  return claiming(accessToken, { iat: seconds + from, exp: seconds + to });
}

const claiming = (accessToken: string, claims: Record<string, unknown>): string =>
  remade(mouldOf(api, accessToken), { claims });

const INACTIVE = '{"active":false}';

describe('[I8] [S-106] introspection says what the API does, and of what is not live no more than that', () => {
  const fates = [
    ...Object.entries(LIVE).map(([name, fate]) => ({ name, fate, isLive: true })),
    ...Object.entries(DEAD).map(([name, fate]) => ({ name, fate, isLive: false })),
  ];

  it.each(fates)('of a token $name: active is $isLive', async ({ fate, isLive }) => {
    const account = await anAccount(api);
    const session = await aSession(api, account);
    const other = await fate(session, account);
    const token = typeof other === 'string' ? other : session.accessToken;
    const verdicts = replicas.flatMap((replica) => [
      introspect(replica, token).then(({ body, text }): unknown => body.active || text),
      replica.http.get(`${ROOT}/me`, bearer(token)).then(({ status }): unknown => status === 200),
    ]);
    const expected = isLive ? [true, true] : [INACTIVE, false];
    expect(await Promise.all(verdicts)).toEqual([...expected, ...expected]);
  });
});
