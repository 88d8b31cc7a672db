import { ApiKeys, ManageAccount } from '@app/account';
import { Applications, type IssuedTokens, RevokeSessions } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { type EverySecret, everySecret, type SecretKind } from '../support/every-secret';
import { anAccount, aSession, type TestAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';
import type { LinkedPage } from '../support/mailed';
import { CHANGES, RENEWAL_DOORS, SIGN_IN_DOORS, signInEverywhere, TOKEN_DOORS, type Tokens } from '../support/surfaces';
import { ROOT, tokenTo } from './native-driver';
import { SECRET_PLACES } from './secret-places';
import { takes } from './takes-secret';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

interface Ending {
  /** The door by which somebody has changed the account before. */
  takesBack?: string;
  end: (owner: TestAccount, tokens: Tokens) => Promise<unknown>;
}

/** The owner's mailbox ends all by a link, and only the reset that comes of it opens the account again. */
const TAKINGS_BACK: Record<string, Ending> = {
  'an undo [S-64]': { takesBack: 'vivoldi e-mail', end: (owner) => press('email-change/undo', owner) },
  '"this was not me" [S-64]': { takesBack: 'applivery password', end: (owner) => press('not-me', owner) },
};

/** What ends every session of an account, besides a change of its credentials. */
const ENDINGS: Record<string, Ending> = {
  ...TAKINGS_BACK,
  'a logout everywhere [S-96]': {
    end: (_, { access }) => api.http.delete(`${ROOT}/sessions?scope=all`, bearer(access)),
  },
  'a revocation by a service [S-104]': { end: ({ id }) => api.app.get(RevokeSessions).ofAccount(id, TEST_REQUESTER) },
  'a revocation of everybody’s [S-104]': { end: () => api.app.get(RevokeSessions).ofEverybody(TEST_REQUESTER) },
  'disabling the account [S-97]': { end: ({ id }) => disable(id) },
  'deleting the account [S-97]': { end: ({ id }) => erase(id) },
};

const disable = (id: string) => api.app.get(ManageAccount).patch(id, { disabled: true }, TEST_REQUESTER);
const erase = (id: string) => api.app.get(ManageAccount).delete(id, TEST_REQUESTER);

async function press(page: LinkedPage, { email }: TestAccount): Promise<void> {
  const token = await tokenTo(api, email, `/${page}`);
  expect((await api.http.post(`${ROOT}/${page}`, { token })).status).toBe(200);
}

/** An account of the owner's and, where it is taken back, what somebody has made of it. */
async function anAccountFor({ takesBack }: Ending): Promise<{ owner: TestAccount; holder: TestAccount }> {
  const owner = await anAccount(api);
  if (!takesBack) return { owner, holder: owner };
  const changed = await CHANGES[takesBack]?.(api, owner, await signInEverywhere(api, owner));
  return { owner, holder: { ...owner, ...changed } };
}

describe.each(Object.entries(ENDINGS))('after %s', (_, ending) => {
  let tokens: Tokens;
  beforeAll(async () => {
    const { owner, holder } = await anAccountFor(ending);
    tokens = await signInEverywhere(api, holder);
    for (const [door, accepts] of Object.entries(TOKEN_DOORS)) {
      for (const token of tokens.all) expect([door, await accepts(api, token)]).toEqual([door, true]);
    }
    await ending.end(owner, tokens);
  });

  it.each(Object.entries(TOKEN_DOORS))('no access token is accepted at the door "%s"', async (__, accepts) => {
    for (const token of tokens.all) expect(await accepts(api, token)).toBe(false);
  });

  it.each(Object.entries(RENEWAL_DOORS))('nothing is renewed at the %s', async (__, renews) => {
    expect(await renews(api, tokens)).toBe(false);
  });
});

/** The token, if there is one. */
async function sdkLogin({ email, password }: TestAccount, application: string): Promise<string | undefined> {
  const headers = { ...DEVICE_HEADERS, 'X-client-id': application };
  return (await api.http.post('/api/v2/sdk/login', { user_name: email, password }, headers)).body.id_token;
}

describe.each(Object.entries(TAKINGS_BACK))('after %s, until the reset that is mailed', (_, ending) => {
  let holder: TestAccount;
  let apiKey: string;
  const isRecognised = async () => {
    const headers = { authorization: `APIKey ${apiKey}` };
    return (await api.http.post('/api/user/v1/auth', {}, headers)).body.code === 0;
  };
  beforeAll(async () => {
    const account = await anAccountFor(ending);
    holder = account.holder;
    apiKey = (await api.app.get(ApiKeys).create(holder.id, TEST_REQUESTER)).apiKey;
    for (const { give, status } of Object.values(SIGN_IN_DOORS)) expect((await give(api, holder)).status).toBe(status);
    expect(await isRecognised()).toBe(true);
    await ending.end(account.owner, await signInEverywhere(api, holder));
    holder = { ...holder, email: account.owner.email };
  });

  it.each(Object.entries(SIGN_IN_DOORS))('the right password is a wrong one at the %s', async (__, door) => {
    const wrong = await door.give(api, { ...holder, password: 'not the password' });
    expect(wrong.status).toBeGreaterThanOrEqual(400);
    expect((await door.give(api, holder)).status).toBe(wrong.status);
  });

  it('the API key opens nothing', async () => {
    expect(await isRecognised()).toBe(false);
  });
});

describe('after an application was revoked', () => {
  let tokens: Tokens;
  let refreshed: IssuedTokens;
  beforeAll(async () => {
    const account = await anAccount(api);
    const applications = api.app.get(Applications);
    const { clientId } = await applications.register('Lost phone app', TEST_REQUESTER);
    tokens = await signInEverywhere(api, account, { 'X-client-id': clientId });
    refreshed = await aSession(api, account, { applicationId: clientId });
    for (const accepts of Object.values(TOKEN_DOORS)) expect(await accepts(api, refreshed.accessToken)).toBe(true);
    await applications.revoke(clientId, TEST_REQUESTER);
  });

  it.each(Object.entries(TOKEN_DOORS))('[S-100] what it has opened is dead at the door "%s"', async (_, accepts) => {
    const [native = '', ofApplication = '', users = ''] = tokens.all;
    for (const token of [ofApplication, refreshed.accessToken]) expect(await accepts(api, token)).toBe(false);
    for (const token of [native, users]) expect(await accepts(api, token)).toBe(true);
  });

  it('[S-100] its sessions are neither renewed nor listed', async () => {
    const refreshToken = refreshed.renewalToken;
    expect((await api.http.post(`${ROOT}/sessions/refresh`, { refreshToken })).status).toBe(401);
    const { sessions } = (await api.http.get(`${ROOT}/sessions`, bearer(tokens.access))).body;
    expect(sessions).toHaveLength(2);
  });

  it('[S-112] the one that takes its place is good beside it, and goes on', async () => {
    const account = await anAccount(api);
    const applications = api.app.get(Applications);
    const register = async () => (await applications.register('Phone app', TEST_REQUESTER)).clientId;
    const [first, second] = [await register(), await register()];
    const logins = () => Promise.all([first, second].map((id) => sdkLogin(account, id)));
    const [old, current] = await logins();
    const meStatus = async (token: unknown) => (await api.http.get(`${ROOT}/me`, bearer(String(token)))).status;
    expect([await meStatus(old), await meStatus(current)]).toEqual([200, 200]);
    await applications.revoke(first, TEST_REQUESTER);
    expect([await meStatus(old), await meStatus(current)]).toEqual([401, 200]);
    expect(await logins()).toEqual([undefined, expect.any(String)]);
  });

  it('its sessions are not among those that a service ends later', async () => {
    const account = await anAccount(api);
    const applications = api.app.get(Applications);
    const { clientId: applicationId } = await applications.register('Lost phone app', TEST_REQUESTER);
    await aSession(api, account, { applicationId });
    await applications.revoke(applicationId, TEST_REQUESTER);
    await aSession(api, account);
    expect(await api.app.get(RevokeSessions).ofAccount(account.id, TEST_REQUESTER)).toBe(1);
  });
});

describe.each<[string, (id: string) => Promise<unknown>, SecretKind[]]>([
  // A mailbox may take its address back or disown a password: that signs nobody in, and no reset is mailed.
  ['disabled', disable, ['undo token', 'not me token']],
  ['deleted', erase, []],
])('of an account that is %s', (_, end, stillGood) => {
  const OF_SERVICES: SecretKind[] = ['service access token', 'service client secret', 'application id'];
  const places = Object.entries(SECRET_PLACES).flatMap(([name, place]) => {
    const kinds = place.good.filter((kind) => ![...OF_SERVICES, ...stillGood].includes(kind));
    return kinds.map((kind) => ({ name, place, kind }));
  });
  let held: EverySecret;
  beforeAll(async () => {
    held = await everySecret(api);
    for (const id of held.accountIds) await end(id);
  });

  it.each(places)('[S-97] the $kind is good for nothing at: $name', async ({ place, kind }) => {
    expect(await takes(api, place, held.secrets[kind], held)).toBe(false);
  });
});
