import { ApiKeys, ManageAccount } from '@app/account';
import { tablesWith } from '../contract/internal-callers';
import { bootApi, type TestApi } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { everySecret, type SecretKind } from '../support/every-secret';
import { anAccount, aSession, type TestAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';
import { mouldOf } from '../support/forged-tokens';
import { aServiceToken } from '../support/token-doors';
import { OTHER_STRONG_PASSWORD } from './native-driver';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

const PERSON = ['aud', 'auth_time', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'];
const OF_AN_APPLICATION = [...PERSON, 'client_id'];
const SERVICE = ['aud', 'client_id', 'exp', 'iat', 'iss', 'jti', 'scope', 'sub'];

const sdkLogin = ({ email, password }: TestAccount) =>
  api.http.post('/api/v2/sdk/login', { user_name: email, password }, DEVICE_HEADERS);
const usersLogin = ({ email, password }: TestAccount) =>
  api.http.post('/v1/auth/login', { provider: 'traditional', payload: { email, password } });

/** Every place that makes a token, and all that a token may say there. */
const MINTS: Record<string, [claims: string[], mint: (account: TestAccount) => Promise<string>]> = {
  'a sign-in': [
    PERSON,
    async ({ email, password }) => (await api.http.post('/account/v1/sessions', { email, password })).body.accessToken,
  ],
  'a refresh': [
    PERSON,
    async (account) => {
      const { renewalToken } = await aSession(api, account);
      return (await api.http.post('/account/v1/sessions/refresh', { refreshToken: renewalToken })).body.accessToken;
    },
  ],
  'a change that keeps its session': [
    PERSON,
    async (account) => {
      const { accessToken } = await aSession(api, account);
      const body = { currentPassword: account.password, newPassword: OTHER_STRONG_PASSWORD };
      return (await api.http.put('/account/v1/me/password', body, bearer(accessToken))).body.tokens.accessToken;
    },
  ],
  'a sign-in that must change the password': [
    PERSON,
    async (account) => {
      await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
      return (await aSession(api, account)).accessToken;
    },
  ],
  'a login of the SDK': [OF_AN_APPLICATION, async (account) => (await sdkLogin(account)).body.id_token],
  'a renewal of the SDK': [
    OF_AN_APPLICATION,
    async (account) => {
      const headers = { ...DEVICE_HEADERS, 'session-token': (await sdkLogin(account)).body.session_token };
      return (await api.http.post('/api/v2/sdk/sso/session-token/id-token', undefined, headers)).body.id_token;
    },
  ],
  'a login of the users API': [PERSON, async (account) => (await usersLogin(account)).body.data.accessToken.token],
  'a refresh of the users API': [
    PERSON,
    async (account) => {
      const { data } = (await usersLogin(account)).body;
      const body = { lastAccessToken: data.accessToken.token, refreshToken: data.refreshToken.token };
      return (await api.http.post('/v1/auth/refresh', body)).body.data.accessToken.token;
    },
  ],
  'an API key': [
    PERSON,
    async ({ id }) => {
      const { apiKey } = await api.app.get(ApiKeys).create(id, TEST_REQUESTER);
      return (await api.http.post('/api/user/v1/auth', {}, { authorization: `APIKey ${apiKey}` })).body.result;
    },
  ],
  'a service client': [SERVICE, () => aServiceToken(api, 'admin')],
};

describe.each(Object.entries(MINTS))('the token of %s', (_, [allowed, mint]) => {
  it('[S-88] says no more than who, where, until when and by which session', async () => {
    const account = await anAccount(api, { displayName: 'Canary Lovelace' });
    const { header, claims } = mouldOf(api, await mint(account));
    expect(Object.keys(header).sort()).toEqual(['alg', 'kid', 'typ']);
    expect(Object.keys(claims).sort()).toEqual([...allowed].sort());
    for (const told of [account.email, account.password, 'Lovelace', '127.0.0.1', 'PERSONAL']) {
      expect(JSON.stringify(claims)).not.toContain(told);
    }
  });
});

describe('a secret', () => {
  /** What one cannot guess: a code is short and has its tries counted, an application’s id is public. */
  const UNGUESSABLE: SecretKind[] = [
    'refresh token',
    'session token',
    'service client secret',
    'reset token',
    'undo token',
    'cancel token',
    'API key',
  ];
  /** The people’s mailbox in place of a mail server: what they are sent is to be read there. */
  const MAILBOX = 'mailbox_message';

  it('[S-94] has 256 random bits, and no two are alike in any part', async () => {
    const [first, second] = [(await everySecret(api)).secrets, (await everySecret(api)).secrets];
    for (const kind of UNGUESSABLE) {
      const both = [first[kind], second[kind]].map((secret) => Buffer.from(secret, 'base64url'));
      expect([kind, ...both.map(({ length }) => length)]).toEqual([kind, 32, 32]);
      const alike = [...both[0]!].filter((byte, index) => byte === both[1]![index]).length;
      // Of 32 random bytes one in five million pairs has more than four alike by chance.
      expect([kind, alike <= 4]).toEqual([kind, true]);
    }
  });

  it('[S-94] of a live token stands in no table, neither as text nor as its bytes', async () => {
    const { secrets } = await everySecret(api);
    await api.drain();
    const long = Object.entries(secrets).filter(([kind]) => kind !== 'application id' && !kind.endsWith('code'));
    for (const [kind, secret] of long) {
      const spellings = [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret, 'base64url').toString('hex')];
      for (const spelling of spellings) {
        expect([kind, (await tablesWith(api, spelling)).filter((table) => table !== MAILBOX)]).toEqual([kind, []]);
      }
    }
    expect(await tablesWith(api, secrets['reset token'])).toEqual([MAILBOX]);
  });
});
