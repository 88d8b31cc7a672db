import { ManageAccount, UpdateCredentials } from '@app/account';
import { vivoldiPolicy } from '../../apps/api/src/dialects/vivoldi/vivoldi.policy';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import {
  anAddress,
  anApiKey,
  aShortToken,
  aUserToken,
  changesOf,
  expectCode,
  GET,
  keyed,
  PAGE_BODY,
  UPDATE,
  userToken,
} from './vivoldi-client';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

const update = (body: unknown, headers: HeaderMap) => api.http.put(UPDATE, body, headers);

describe('vivoldi: the order of checks', () => {
  const OWN_WORD = 'ada1815';

  /**
   * 1104 key, when there is one → 1101, 1102 token → 1201 plan → 1002, 1001, 2001, 2101 body → 1102 eml by a token
   * that may only change the password → 1103 freshness → 2102 → 4291 budget → 2103 → 2002 → 4001.
   * Each request below is wrong in all that comes later too.
   */
  it('answers the first thing that is wrong', async () => {
    const { email: taken } = await anAccount(api);
    const free = await aUserToken(api, await anAccount(api, { plan: 'FREE' }));
    const stale = await aUserToken(api, await anAccount(api, { email: `${OWN_WORD}@example.com` }));
    await api.age('16 minutes');
    const fresh = await aUserToken(api, await anAccount(api, { email: `${OWN_WORD}@example.org` }));
    const badToken = userToken(`${fresh['x-access-token']}x`);

    expectCode(await update('{', keyed('wrong')), 1104);
    expectCode(await update('{', { ...fresh, authorization: 'APIKey' }), 1104);
    expectCode(await update('{', {}), 1101);
    expectCode(await update('{', { 'x-access-token': '' }), 1101);
    expectCode(await update('{', badToken), 1102);
    expectCode(await update('{', free), 1201);
    expectCode(await update('{', stale), 1002);
    expectCode(await update({ other: 1 }, stale), 1001);
    expectCode(await update({ eml: 'nobody', pwd: 5 }, stale), 2001);
    expectCode(await update({ pwd: 5, eml: 'nobody' }, stale), 2001);
    expectCode(await update({ eml: taken, pwd: 'short' }, stale), 2101);
    expectCode(await update({ eml: taken, pwd: OWN_WORD }, stale), 1103);
    expectCode(await update({ eml: taken, pwd: OWN_WORD }, fresh), 2102);
    expectCode(await update({ eml: taken, pwd: GOOD_PASSWORD }, fresh), 2103);
    expectCode(await update({ eml: taken, pwd: 'Zght943!' }, fresh), 2002);
  });

  it.each([
    ['an empty object', '{}', 1001],
    ['no body', undefined, 1001],
    ['a list', '[]', 1002],
    ['null', 'null', 1002],
    ['a string', '"Zght943!"', 1002],
    ['a duplicate key', '{"pwd":"Zght943!","pwd":"Other943!"}', 1002],
    ['an own prototype', '{"__proto__":{"pwd":"Zght943!"}}', 1002],
  ])('answers a body that is %s', async (_, body, code) => {
    const account = await anAccount(api);
    expectCode(await update(body, await aUserToken(api, account)), code);
    expect(await changesOf(api, account.id)).toBe(0);
  });
});

describe('vivoldi: who may update', () => {
  it('wants a sign-in of at most 15 minutes; a token from the auth endpoint is always fresh', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    const headers = await aUserToken(api, account);
    await api.age('14 minutes');
    expectCode(await update({ eml: 'nobody' }, headers), 2001);
    await api.age('2 minutes');
    expectCode(await update({ eml: anAddress() }, headers), 1103);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 1103);
    // Nothing to change needs no proof.
    expectCode(await update({ eml: account.email }, headers), 0);
    expect(await changesOf(api, account.id)).toBe(0);
    expectCode(await update({ pwd: 'Zght943!' }, await aShortToken(api, apiKey)), 0);
  });

  it('takes a sign-in that is exactly as old as it may be', async () => {
    const account = await anAccount(api);
    const change = (signInAgeSeconds: number) =>
      api.app.get(UpdateCredentials).execute(
        {
          accountId: account.id,
          credentialVersion: 1,
          newPassword: 'Zght943!',
          signInAgeSeconds,
          passwordChangeOnly: false,
        },
        vivoldiPolicy({ VIVOLDI_COMMON_PASSWORDS: 'accept' }),
        TEST_REQUESTER,
      );
    const { stepUpMaxAgeSeconds } = api.settings;
    await expect(change(stepUpMaxAgeSeconds + 1)).rejects.toMatchObject({ code: 'sign-in.not-fresh' });
    await change(stepUpMaxAgeSeconds);
    expect(await changesOf(api, account.id)).toBe(1);
  });

  it('takes the token from X-Access-Token alone, and no other scheme than APIKey for a key', async () => {
    const account = await anAccount(api);
    const { accessToken } = await aSession(api, account);
    expectCode(await update({ pwd: 'Zght943!' }, bearer(accessToken)), 1101);
    expectCode(await update({ pwd: 'Zght943!' }, { ...userToken(accessToken), ...bearer('anything') }), 0);
  });

  it('takes a good key of anybody beside the token, and none that was revoked with its account', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    const gone = await anAccount(api);
    const deadKey = await anApiKey(api, gone);
    await api.app.get(ManageAccount).delete(gone.id, TEST_REQUESTER);
    expectCode(await update({ pwd: 'Zght943!' }, { ...headers, ...keyed(deadKey) }), 1104);
    expectCode(await update({ pwd: 'Zght943!' }, { ...headers, ...keyed(await anApiKey(api, account)) }), 0);
  });

  it.each(['PERSONAL', 'PREMIUM', 'BUSINESS'] as const)('serves plan %s', async (plan) => {
    const account = await anAccount(api, { plan });
    expectCode(await update({ pwd: 'Zght943!' }, await aUserToken(api, account)), 0);
  });

  it('changes nothing on plan FREE', async () => {
    const account = await anAccount(api, { plan: 'FREE' });
    const headers = await aUserToken(api, account);
    expectCode(await update(PAGE_BODY, headers), 1201);
    expectCode(await api.http.get(GET, headers), 1201);
    expect(await changesOf(api, account.id)).toBe(0);
  });

  it('calls the token of a deleted account invalid', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 1102);
    expectCode(await api.http.get(GET, headers), 1102);
  });

  it('lets a token that may only change the password do that, and nothing else', async () => {
    const account = await anAccount(api);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const headers = await aUserToken(api, account);
    expectCode(await api.http.get(GET, headers), 1102);
    expectCode(await update({ eml: anAddress() }, headers), 1102);
    expectCode(await update({ eml: account.email }, headers), 1102);
    expectCode(await update({ eml: anAddress(), pwd: 'Zght943!' }, headers), 1102);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 0);
    const unrestricted = await aUserToken(api, { ...account, password: 'Zght943!' });
    expect((await api.http.get(GET, unrestricted)).status).toBe(200);
    expect((await api.http.get(GET, unrestricted)).body.code).toBe(0);
  });
});
