import { ServiceClients } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { aServiceClient, askForToken, basic, CLIENT_CREDENTIALS, expectProblem, FORM } from './internal-callers';

const MALFORMED = `${CLIENT_CREDENTIALS}%`;

describe('POST /oauth2/token', () => {
  let api: TestApi;
  let credentials: HeaderMap;
  beforeAll(async () => {
    api = await bootApi();
    const { id, secret } = await aServiceClient(api, 'accounts:read', 'accounts:write');
    credentials = basic(id, secret);
  });
  afterAll(() => api.close());

  it('gives a client a token with all of its scopes', async () => {
    const answer = await askForToken(api, credentials);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body).toEqual({
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      token_type: 'Bearer',
      expires_in: 600,
      scope: 'accounts:read accounts:write',
    });
    const read = await api.internal.get(
      '/internal/v1/accounts?email=ada@example.com',
      bearer(answer.body.access_token),
    );
    expect(read.status).toBe(200);
  });

  it.each([
    ['&scope=accounts:write', 'accounts:write'],
    ['&scope=accounts%3Awrite+accounts%3Aread', 'accounts:read accounts:write'],
    ['&scope=accounts:read+accounts:read', 'accounts:read'],
    ['&scope=', 'accounts:read accounts:write'],
    ['&unknown=ignored', 'accounts:read accounts:write'],
  ])('answers %s with the scope "%s"', async (parameters, scope) => {
    const answer = await askForToken(api, credentials, CLIENT_CREDENTIALS + parameters);
    expect([answer.status, answer.body.scope]).toEqual([200, scope]);
  });

  it('makes a narrowed token good for nothing else', async () => {
    const { body } = await askForToken(api, credentials, `${CLIENT_CREDENTIALS}&scope=accounts:write`);
    const read = await api.internal.get('/internal/v1/accounts?email=ada@example.com', bearer(body.access_token));
    expectProblem(read, 403, 'scope.missing');
  });

  it.each([
    ['the password grant [S-31]', 'grant_type=password&username=ada@example.com&password=x', 'unsupported_grant_type'],
    ['the implicit grant [S-31]', 'grant_type=implicit', 'unsupported_grant_type'],
    ['no grant type', 'scope=accounts:read', 'invalid_request'],
    ['an empty grant type', 'grant_type=', 'invalid_request'],
    ['no body', undefined, 'invalid_request'],
    ['a grant type given twice', `${CLIENT_CREDENTIALS}&${CLIENT_CREDENTIALS}`, 'invalid_request'],
    ['a scope given twice', `${CLIENT_CREDENTIALS}&scope=accounts:read&scope=accounts:read`, 'invalid_request'],
    ['what is no form', MALFORMED, 'invalid_request'],
    ['an unknown scope', `${CLIENT_CREDENTIALS}&scope=everything`, 'invalid_scope'],
    ['a scope that was not granted', `${CLIENT_CREDENTIALS}&scope=accounts:read+admin`, 'invalid_scope'],
  ])('refuses %s', async (_what, body, error) => {
    const answer = await api.internal.post('/oauth2/token', body, { ...(body && FORM), ...credentials });
    expect(answer.status).toBe(400);
    expect(answer.body).toEqual({ error, error_description: expect.any(String) });
  });

  it.each([
    ['JSON', 'application/json', '{"grant_type":"client_credentials"}'],
    ['text', 'text/plain', CLIENT_CREDENTIALS],
    ['a form in another charset', 'application/x-www-form-urlencoded; charset=utf-16', CLIENT_CREDENTIALS],
  ])('takes no %s', async (_what, type, body) => {
    const answer = await api.internal.post('/oauth2/token', body, { ...credentials, 'content-type': type });
    expect(answer.status).toBe(415);
    expect(answer.body).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });

  it('speaks of no JSON where it takes a form', async () => {
    for (const type of [FORM, { 'content-type': 'application/json' }]) {
      const { body } = await api.internal.post('/oauth2/token', MALFORMED, { ...credentials, ...type });
      expect(body.error_description).not.toMatch(/json/i);
    }
  });

  describe('refuses a caller, before it looks at what is asked, [S-105] with', () => {
    const cases: [string, (api: TestApi) => HeaderMap | Promise<HeaderMap>][] = [
      ['no credentials', () => ({})],
      ['a Bearer token', () => bearer('x')],
      ['an unknown client', () => basic('nobody', 'secret')],
      ['a wrong secret', () => basic('dev', 'wrong')],
      ['an empty secret', () => basic('dev', '')],
      ['NUL in the id', () => basic('dev\0', 'secret')],
      ['half of a Basic header', () => ({ authorization: 'Basic' })],
      ['the secret of another client', async (api) => basic('dev', (await aServiceClient(api, 'admin')).secret)],
      [
        'the secret of a revoked client',
        async (api) => {
          const { id, secret } = await aServiceClient(api, 'admin');
          await api.app.get(ServiceClients).revoke(id, TEST_REQUESTER);
          return basic(id, secret);
        },
      ],
    ];
    it.each(cases)('%s', async (_what, headers) => {
      const answer = await askForToken(api, await headers(api), 'grant_type=%');
      expect(answer.status).toBe(401);
      expect(answer.body).toEqual({ error: 'invalid_client', error_description: expect.any(String) });
      expect(answer.headers.get('www-authenticate')).toBe('Basic realm="rekey"');
    });
  });

  it('ends a client’s token with the client [S-112]', async () => {
    const { id, secret } = await aServiceClient(api, 'accounts:read');
    const { body } = await askForToken(api, basic(id, secret));
    await api.app.get(ServiceClients).revoke(id, TEST_REQUESTER);
    const read = await api.internal.get('/internal/v1/accounts?email=ada@example.com', bearer(body.access_token));
    expectProblem(read, 401, 'access-token.invalid');
  });

  it.each([
    ['GET', '/oauth2/token', 405, 'POST'],
    ['GET', '/oauth2/nothing', 404, null],
    ['POST', '/oauth2/nothing', 404, null],
  ])('answers %s %s with %i in its own format', async (method, path, status, allow) => {
    const answer = await api.internal.send(method, path, undefined, {});
    expect([answer.status, answer.headers.get('allow')]).toEqual([status, allow]);
    expect(answer.body).toEqual({ error: 'invalid_request', error_description: expect.any(String) });
  });

  it('is not known in another case, which is another path (RFC 3986, 6.2.2.1) and none of RFC 6749', async () => {
    const headers = { ...FORM, ...credentials };
    const answer = await api.internal.post('/OAUTH2/token', CLIENT_CREDENTIALS, headers);
    expectProblem(answer, 404, 'route.not-found');
  });

  it('is not on the public listener [S-113]', async () => {
    expectProblem(
      await api.http.post('/oauth2/token', CLIENT_CREDENTIALS, { ...FORM, ...credentials }),
      404,
      'route.not-found',
    );
  });

  it.each([
    ['internal', '/internal/v1/applications', 415, 'media-type.unsupported'],
    ['http', '/account/v1/sessions', 415, 'media-type.unsupported'],
    ['http', '/nothing', 404, 'route.not-found'],
  ] as const)('takes a form that %s %s answers with %i', async (side, path, status, code) => {
    expectProblem(await api[side].post(path, CLIENT_CREDENTIALS, FORM), status, code);
  });
});
