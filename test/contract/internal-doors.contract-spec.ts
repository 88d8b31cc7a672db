import { type Scope, SCOPES } from '@app/session';
import { declaredRoutes } from '../e2e/route-policies';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { aService, expectProblem, NOBODY } from './internal-callers';
import { IMPORT, NDJSON } from './internal-import-client';

/** Which scope opens which route. */
const SCOPE_OF: Record<string, Scope> = {
  'POST /internal/v1/accounts': 'accounts:write',
  'GET /internal/v1/accounts': 'accounts:read',
  'GET /internal/v1/accounts/:id': 'accounts:read',
  'PATCH /internal/v1/accounts/:id': 'accounts:write',
  'DELETE /internal/v1/accounts/:id': 'accounts:write',
  'POST /internal/v1/accounts/:id/password-reset': 'accounts:write',
  'POST /internal/v1/accounts/:id/require-password-change': 'accounts:write',
  'POST /internal/v1/accounts/:id/sessions/revoke': 'accounts:write',
  'POST /internal/v1/accounts/import': 'accounts:write',
  'POST /internal/v1/applications': 'admin',
  'GET /internal/v1/applications': 'admin',
  'DELETE /internal/v1/applications/:clientId': 'admin',
  'POST /internal/v1/api-keys': 'admin',
  'GET /internal/v1/api-keys': 'admin',
  'DELETE /internal/v1/api-keys/:id': 'admin',
  'POST /internal/v1/api-keys/:id/rotate': 'admin',
  'POST /internal/v1/service-clients': 'admin',
  'GET /internal/v1/service-clients': 'admin',
  'DELETE /internal/v1/service-clients/:id': 'admin',
  'POST /internal/v1/service-clients/:id/rotate': 'admin',
  'GET /internal/v1/service-clients/:id/activity': 'admin',
  'GET /internal/v1/events': 'events:read',
  'POST /internal/v1/sessions/revoke': 'admin',
  'GET /internal/v1/outbox': 'admin',
  'POST /internal/v1/outbox/:id/retry': 'admin',
};
const ROUTES = Object.entries(SCOPE_OF).map(([name, scope]) => {
  const [method = '', path = ''] = name.split(' ');
  return { name, method, path: path.replace(/:\w+/, NOBODY), scope };
});

describe('who may call the internal API', () => {
  let api: TestApi;
  let person: HeaderMap;
  const serviceWith = new Map<Scope, HeaderMap>();
  const call = (method: string, path: string, headers: HeaderMap) => {
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    // Another media type would be refused before anybody is asked who they are.
    const type = path === IMPORT ? NDJSON : {};
    return api.internal.send(method, path, body, { ...headers, ...type });
  };

  beforeAll(async () => {
    api = await bootApi();
    person = bearer((await aSession(api, await anAccount(api))).accessToken);
    for (const scope of SCOPES) serviceWith.set(scope, await aService(api, scope));
  });
  afterAll(() => api.close());

  it('is said here of every route', () => {
    const internal = declaredRoutes(api.app).filter(({ path }) => path.startsWith('/internal/'));
    expect(internal.map(({ name }) => name).sort()).toEqual(Object.keys(SCOPE_OF).sort());
  });

  it.each(ROUTES)('$name lets nobody in without a token [S-105] [S-110]', async ({ method, path }) => {
    const answer = await call(method, path, {});
    expectProblem(answer, 401, 'access-token.missing');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="rekey"');
  });

  it.each(ROUTES)('$name lets no person in [S-105] [S-110]', async ({ method, path }) => {
    const answer = await call(method, path, person);
    expectProblem(answer, 401, 'access-token.invalid');
    expect(answer.headers.get('www-authenticate')).toBe('Bearer realm="rekey", error="invalid_token"');
  });

  it.each(ROUTES)('$name opens to $scope alone [S-105] [S-110]', async ({ method, path, scope }) => {
    for (const [other, headers] of serviceWith) {
      const answer = await call(method, path, headers);
      if (other === scope) expect([200, 404, 422]).toContain(answer.status);
      else expectProblem(answer, 403, 'scope.missing');
    }
  });

  it.each(ROUTES)('$name is not on the public listener [S-113]', async ({ method, path, scope }) => {
    const body = method === 'GET' || method === 'DELETE' ? undefined : {};
    const answer = await api.http.send(method, path, body, serviceWith.get(scope) ?? {});
    expectProblem(answer, 404, 'route.not-found');
  });

  it.each([
    ['no token', 'Bearer'],
    ['two tokens', 'Bearer a b'],
    ['another scheme', 'Basic ZGV2OmRldg=='],
  ])('asks for a token when it is shown %s', async (_what, authorization) => {
    expectProblem(await call('GET', '/internal/v1/outbox', { authorization }), 401, 'access-token.missing');
  });

  const part = (value: string) => Buffer.from(value).toString('base64url');
  it.each([
    ['is no JWT', 'x'],
    ['has a payload that is no JSON', `${part('{"typ":"JWT","alg":"RS256"}')}.${part('x')}.${part('x')}`],
    ['is not signed', `${part('{"typ":"at+jwt","alg":"none"}')}.${part('{"sub":"dev","scope":"admin"}')}.`],
  ])('refuses a token that %s, on either listener [S-124]', async (_what, token) => {
    expectProblem(await api.internal.get('/internal/v1/outbox', bearer(token)), 401, 'access-token.invalid');
    expectProblem(await api.http.get('/account/v1/me', bearer(token)), 401, 'access-token.invalid');
  });

  it('opens no door of a person to a service [S-110]', async () => {
    for (const headers of serviceWith.values()) {
      expectProblem(await api.http.get('/account/v1/me', headers), 401, 'access-token.invalid');
    }
  });
});
