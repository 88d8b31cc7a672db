import { ManageAccount } from '@app/account';
import { SCOPES } from '@app/session';
import { bootApi, TEST_PUBLIC_URL, type TestApi } from '../support/boot-api';
import { anAccount, aSession, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { introspect, signInEverywhere, type Tokens } from '../support/surfaces';
import { aService, aServiceClient, basic, expectOAuthError, FORM } from './internal-callers';

const PATH = '/oauth2/introspect';
const DEAD = '{"active":false}';

describe('POST /oauth2/introspect (RFC 7662)', () => {
  let api: TestApi;
  let tokens: Tokens;
  let service: HeaderMap;
  const ask = (token: string, headers: HeaderMap, more = '') =>
    api.internal.post(PATH, `token=${encodeURIComponent(token)}${more}`, { ...FORM, ...headers });

  beforeAll(async () => {
    api = await bootApi();
    tokens = await signInEverywhere(api, await anAccount(api));
    service = await aService(api, 'tokens:introspect');
  });
  afterAll(() => api.close());

  it('tells all that a good token says, with the address of this moment', async () => {
    const account = await anAccount(api, { emailVerified: false });
    const { accessToken, sessionId } = await aSession(api, account);
    const answer = await introspect(api, accessToken);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const { iat, exp } = answer.body;
    expect(answer.body).toEqual({
      active: true,
      token_type: 'Bearer',
      iss: TEST_PUBLIC_URL,
      aud: TEST_PUBLIC_URL,
      sub: account.id,
      sid: sessionId,
      jti: expect.stringMatching(/^[0-9a-f-]{36}$/),
      iat: expect.any(Number),
      exp: iat + 600,
      auth_time: expect.any(Number),
      email: account.email,
      email_verified: false,
    });
    expect(Math.abs(exp - 600 - Date.now() / 1000)).toBeLessThan(60);
  });

  it('names the application that a token was made for', async () => {
    const { body } = await introspect(api, tokens.all[1] ?? '');
    expect(body).toMatchObject({ active: true, client_id: 'nTo1eRIub60vPb54WeE6aojPwYwImtl4' });
  });

  it('tells a change of address under the same subject [S-67]', async () => {
    const account = await anAccount(api);
    const { accessToken } = await aSession(api, account);
    await api.dataSource.query('UPDATE account SET email = $2 WHERE id = $1', [account.id, `now-${account.email}`]);
    expect((await introspect(api, accessToken)).body).toMatchObject({ sub: account.id, email: `now-${account.email}` });
  });

  describe('says of anything else the same fifteen bytes [S-106]:', () => {
    const cases: [string, () => string | Promise<string>][] = [
      ['an unknown text', () => 'x'],
      ['NUL', () => '\0'],
      ['a long text', () => 'x'.repeat(10_000)],
      ['three dots', () => '...'],
      ['a refresh token', () => tokens.refresh],
      ['a session handle', () => tokens.handle],
      ['an API key', () => 'dev-api-key-0000000000000000000000'],
      ['a token of a service', () => String(service.authorization).slice('Bearer '.length)],
      ['a changed signature', () => `${tokens.access.slice(0, -6)}AAAAAA`],
      ['a token with a space before it', () => ` ${tokens.access}`],
      ['a token with padding', () => `${tokens.access}==`],
      [
        'a token of a sign-in that must change its password',
        async () => {
          const account = await anAccount(api);
          await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
          return (await aSession(api, account)).accessToken;
        },
      ],
      [
        'a token of a disabled account',
        async () => {
          const account = await anAccount(api);
          const { accessToken } = await aSession(api, account);
          await api.app.get(ManageAccount).patch(account.id, { disabled: true }, TEST_REQUESTER);
          return accessToken;
        },
      ],
      [
        'a token of a deleted account',
        async () => {
          const account = await anAccount(api);
          const { accessToken } = await aSession(api, account);
          await api.internal.delete(`/internal/v1/accounts/${account.id}`, await aService(api, 'accounts:write'));
          return accessToken;
        },
      ],
      [
        'a token after logout',
        async () => {
          const { accessToken } = await aSession(api, await anAccount(api));
          await api.http.delete('/account/v1/sessions/current', bearer(accessToken));
          return accessToken;
        },
      ],
    ];
    it.each(cases)('%s', async (_what, token) => {
      const answer = await introspect(api, await token());
      expect([answer.status, answer.text]).toEqual([200, DEAD]);
      expect(answer.headers.get('cache-control')).toBe('no-store');
    });

    it('an expired token', async () => {
      const { accessToken } = await aSession(api, await anAccount(api));
      const short = await bootApi({ accessTokenSeconds: 0 });
      const { accessToken: expired } = await aSession(short, await anAccount(short));
      expect((await introspect(short, expired)).text).toBe(DEAD);
      await short.close();
      expect((await introspect(api, accessToken)).body.active).toBe(true);
    });
  });

  it.each(['access_token', 'refresh_token', 'session_token', 'nonsense', ''])(
    'a hint of "%s" changes nothing [S-106]',
    async (token_type_hint) => {
      const [bare, hinted] = await Promise.all([
        introspect(api, tokens.access),
        introspect(api, tokens.access, { token_type_hint }),
      ]);
      expect(hinted.text).toBe(bare.text);
      expect(hinted.body.active).toBe(true);
      expect((await introspect(api, tokens.refresh, { token_type_hint })).text).toBe(DEAD);
    },
  );

  describe('knows its callers before it looks at a token [S-105]:', () => {
    const callers: [string, number, string, string | null, () => HeaderMap | Promise<HeaderMap>][] = [
      ['nobody', 401, 'invalid_client', 'Basic realm="rekey"', () => ({})],
      ['an unknown client', 401, 'invalid_client', 'Basic realm="rekey"', () => basic('nobody', 'x')],
      ['a wrong secret', 401, 'invalid_client', 'Basic realm="rekey"', () => basic('dev', 'x')],
      [
        'the secret of another client',
        401,
        'invalid_client',
        'Basic realm="rekey"',
        async () => basic('dev', (await aServiceClient(api, 'tokens:introspect')).secret),
      ],
      ['a person', 401, 'invalid_token', 'Bearer realm="rekey", error="invalid_token"', () => bearer(tokens.access)],
      [
        'a client with every other scope',
        403,
        'insufficient_scope',
        'Bearer realm="rekey", error="insufficient_scope"',
        async () => {
          const others = SCOPES.filter((scope) => scope !== 'tokens:introspect');
          const { id, secret } = await aServiceClient(api, ...others);
          return basic(id, secret);
        },
      ],
      [
        'a token without the scope',
        403,
        'insufficient_scope',
        'Bearer realm="rekey", error="insufficient_scope"',
        () => aService(api, 'tokens:revoke'),
      ],
    ];
    it.each(callers)('%s is answered with %i %s', async (_who, status, error, challenge, caller) => {
      const headers = await caller();
      for (const body of [tokens.access, 'x'].map((token) => `token=${token}`).concat('', 'token=%')) {
        const answer = await api.internal.post(PATH, body, { ...FORM, ...headers });
        expectOAuthError(answer, status, error);
        expect(answer.headers.get('www-authenticate')).toBe(challenge);
      }
    });

    it('a client with the scope, by Basic or by its token, is answered alike', async () => {
      const { id, secret } = await aServiceClient(api, 'tokens:introspect');
      const answers = await Promise.all([ask(tokens.access, basic(id, secret)), ask(tokens.access, service)]);
      expect(answers.map(({ status, body }) => [status, body.active])).toEqual([
        [200, true],
        [200, true],
      ]);
    });
  });

  it.each([
    ['no token', ''],
    ['an empty token', 'token='],
    ['a token given twice', 'token=x&token=x'],
    ['a hint given twice', 'token=x&token_type_hint=a&token_type_hint=b'],
    ['what is no form', 'token=%'],
  ])('refuses %s', async (_what, body) => {
    expectOAuthError(await api.internal.post(PATH, body, { ...FORM, ...service }), 400, 'invalid_request');
  });

  it('takes a form alone, by POST alone, on the internal listener alone', async () => {
    expectOAuthError(await api.internal.post(PATH, { token: 'x' }, service), 415, 'invalid_request');
    const get = await api.internal.get(`${PATH}?token=x`, service);
    expectOAuthError(get, 405, 'invalid_request');
    expect(get.headers.get('allow')).toBe('POST');
    expect((await api.http.post(PATH, 'token=x', { ...FORM, ...service })).status).toBe(404);
  });
});
