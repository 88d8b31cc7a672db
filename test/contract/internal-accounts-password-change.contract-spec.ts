import { ApiKeys } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { anAccount, aSession, type TestAccount, TEST_REQUESTER } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { CHANGES, RENEWAL_DOORS, signInEverywhere, TOKEN_DOORS } from '../support/surfaces';
import { aService } from './internal-callers';
import { AUTH, keyed } from './vivoldi-client';

/** An access token by each door that there is. */
const SIGN_INS: Record<string, (api: TestApi, account: TestAccount) => Promise<string>> = {
  native: async (api, { email, password }) => {
    const { body } = await api.http.post('/account/v1/sessions', { email, password });
    return body.accessToken;
  },
  'native refresh': async (api, { email, password }) => {
    const { body } = await api.http.post('/account/v1/sessions', { email, password });
    const { refreshToken } = body;
    return (await api.http.post('/account/v1/sessions/refresh', { refreshToken })).body.accessToken;
  },
  vivoldi: async (api, { id }) => {
    const { apiKey } = await api.app.get(ApiKeys).create(id, TEST_REQUESTER);
    return (await api.http.post(AUTH, {}, keyed(apiKey))).body.result;
  },
  bamboocloud: async (api, { email, password }) => {
    const { body } = await api.http.post('/api/v2/sdk/login', { user_name: email, password }, DEVICE_HEADERS);
    expect(body).toEqual({ status: 'PASSWORD_EXPIRED', id_token: expect.any(String) });
    return body.id_token;
  },
  applivery: async (api, { email, password }) => {
    const body = { provider: 'traditional', payload: { email, password } };
    return (await api.http.post('/v1/auth/login', body)).body.data.accessToken.token;
  },
};
const PASSWORD_CHANGES = ['native password', 'vivoldi password', 'bamboocloud password', 'applivery password'] as const;

async function openDoors(api: TestApi, token: string): Promise<string[]> {
  const open: string[] = [];
  for (const [door, accepts] of Object.entries(TOKEN_DOORS)) if (await accepts(api, token)) open.push(door);
  return open;
}

describe('an account whose password must be changed [S-9]', () => {
  let api: TestApi;
  let service: HeaderMap;
  beforeAll(async () => {
    api = await bootApi();
    service = await aService(api, 'accounts:write');
  });
  afterAll(() => api.close());

  const requireChange = async ({ id }: TestAccount): Promise<void> => {
    const answer = await api.internal.post(`/internal/v1/accounts/${id}/require-password-change`, undefined, service);
    expect(answer.status).toBe(204);
  };

  it('loses every token and every renewal that it had', async () => {
    const account = await anAccount(api);
    const tokens = await signInEverywhere(api, account);
    await requireChange(account);
    for (const token of tokens.all) expect(await openDoors(api, token)).toEqual([]);
    for (const renews of Object.values(RENEWAL_DOORS)) expect(await renews(api, tokens)).toBe(false);
  });

  describe.each(Object.entries(SIGN_INS))('by a sign-in at the door %s', (_door, signIn) => {
    it('gets a token that opens no other door', async () => {
      const account = await anAccount(api);
      await requireChange(account);
      const token = await signIn(api, account);
      expect(token).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
      expect(await openDoors(api, token)).toEqual([]);
    });

    it.each(PASSWORD_CHANGES)('changes it by the change of %s, and signs in as usual again', async (change) => {
      const account = await anAccount(api);
      await requireChange(account);
      const access = await signIn(api, account);
      const changed = await CHANGES[change]?.(api, account, { access, refresh: '', handle: '', all: [] });
      expect(changed?.status).toBe(200);
      expect(await openDoors(api, access)).toEqual([]);

      const tokens = await aSession(api, { ...account, ...changed });
      expect(tokens.passwordChangeRequired).toBe(false);
      expect(await openDoors(api, tokens.accessToken)).toEqual(Object.keys(TOKEN_DOORS));
    });
  });
});

describe('the age of a password [S-9]', () => {
  const apis: TestApi[] = [];
  const boot = async (passwordMaxAgeDays: number): Promise<TestApi> => {
    const api = await bootApi({ passwordMaxAgeDays });
    apis.push(api);
    return api;
  };
  afterEach(async () => {
    for (const api of apis.splice(0)) await api.close();
  });

  it('is nothing to a sign-in by default', async () => {
    const api = await boot(0);
    const account = await anAccount(api);
    await api.age('400 days');
    const tokens = await aSession(api, account);
    expect(tokens.passwordChangeRequired).toBe(false);
    expect(await openDoors(api, tokens.accessToken)).toEqual(Object.keys(TOKEN_DOORS));
  });

  it('makes a sign-in good for a change alone after PASSWORD_MAX_AGE_DAYS, and a change makes it young again', async () => {
    const api = await boot(90);
    const account = await anAccount(api);
    await api.age('89 days');
    expect((await aSession(api, account)).passwordChangeRequired).toBe(false);
    await api.age('2 days');
    const { accessToken: access, passwordChangeRequired } = await aSession(api, account);
    expect(passwordChangeRequired).toBe(true);
    expect(await openDoors(api, access)).toEqual([]);

    const changed = await CHANGES['native password']?.(api, account, { access, refresh: '', handle: '', all: [] });
    expect(changed?.status).toBe(200);
    expect((await aSession(api, { ...account, ...changed })).passwordChangeRequired).toBe(false);
  });
});
