import { ManageAccount } from '@app/account';
import type { FieldError } from '@app/contracts';
import { AccessTokens } from '@app/session';
import { declaredRoutes } from '../e2e/route-policies';
import { aPerson, expectProblem, ROOT, signIn } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';

const LOGOUT = `DELETE ${ROOT}/sessions/current`;
const CHANGE_PASSWORD = `PUT ${ROOT}/me/password`;

const SIGNED_IN_ROUTES = [
  `GET ${ROOT}/sessions`,
  LOGOUT,
  `DELETE ${ROOT}/sessions/0b0f3b2e-8f0c-4c4e-9a63-2f4f0f2d6f11`,
  `DELETE ${ROOT}/sessions?scope=others`,
  `GET ${ROOT}/me`,
  `GET ${ROOT}/me/activity`,
  CHANGE_PASSWORD,
  `POST ${ROOT}/me/email-change`,
  `GET ${ROOT}/me/email-change`,
  `DELETE ${ROOT}/me/email-change`,
  `POST ${ROOT}/me/email-change/resend`,
  `POST ${ROOT}/me/email-change/confirm`,
  `POST ${ROOT}/email-verification`,
  `POST ${ROOT}/email-verification/confirm`,
];
// Logout takes a token that is good for nothing else any more.
const GUARDED_ROUTES = SIGNED_IN_ROUTES.filter((route) => route !== LOGOUT);

/** Each route with a body, and all of its fields. */
const BODIES: [route: string, fields: string[]][] = [
  [`POST ${ROOT}/sessions`, ['email', 'password']],
  [`POST ${ROOT}/sessions/refresh`, ['refreshToken']],
  [CHANGE_PASSWORD, ['currentPassword', 'newPassword']],
  [`POST ${ROOT}/me/email-change`, ['newEmail', 'currentPassword']],
  [`POST ${ROOT}/me/email-change/confirm`, ['code']],
  [`POST ${ROOT}/email-change/cancel`, ['token']],
  [`POST ${ROOT}/email-change/undo`, ['token']],
  [`POST ${ROOT}/not-me`, ['token']],
  [`POST ${ROOT}/password-reset`, ['email']],
  [`POST ${ROOT}/password-reset/confirm`, ['token', 'newPassword']],
  [`POST ${ROOT}/email-verification/confirm`, ['code']],
];

const ALLOWED: [path: string, allow: string][] = [
  [`${ROOT}/sessions`, 'GET, HEAD, POST, DELETE'],
  [`${ROOT}/sessions/refresh`, 'POST, DELETE'],
  [`${ROOT}/sessions/current`, 'DELETE'],
  [`${ROOT}/me`, 'GET, HEAD'],
  [`${ROOT}/me/password`, 'PUT'],
  [`${ROOT}/me/email-change`, 'GET, HEAD, POST, DELETE'],
  [`${ROOT}/me/email-change/resend`, 'POST'],
  [`${ROOT}/me/email-change/confirm`, 'POST'],
  [`${ROOT}/email-change/cancel`, 'POST'],
  [`${ROOT}/email-change/undo`, 'POST'],
  [`${ROOT}/not-me`, 'POST'],
  [`${ROOT}/password-reset`, 'POST'],
  [`${ROOT}/password-reset/confirm`, 'POST'],
  [`${ROOT}/email-verification`, 'POST'],
  [`${ROOT}/email-verification/confirm`, 'POST'],
  [`${ROOT}/password-policy`, 'GET, HEAD'],
];

describe('native API: what every route does', () => {
  let api: TestApi;
  let headers: HeaderMap;
  beforeAll(async () => {
    api = await bootApi();
    ({ headers } = await aPerson(api));
  });
  afterAll(() => api.close());

  const call = (route: string, token: HeaderMap, body?: unknown) => {
    const [method = '', path = ''] = route.split(' ');
    return api.http.send(method, path, body, token);
  };

  it('every route behind the guard is looked at', () => {
    const guarded = declaredRoutes(api.app).filter(
      ({ path, publicReason }) => path.startsWith(ROOT) && publicReason === undefined,
    );
    const named = GUARDED_ROUTES.map((route) => route.replace(/\?.*/, '').replace(/\/[0-9a-f-]{36}$/, '/:id'));
    expect(named.sort()).toEqual(guarded.map(({ name }) => name).sort());
  });

  it.each(SIGNED_IN_ROUTES)('[S-32] %s wants a token of ours', async (route) => {
    expectProblem(await call(route, {}), 401, 'access-token.missing');
    expectProblem(await call(route, bearer('a.b.c')), 401, 'access-token.invalid');
    expectProblem(
      await call(`${route}${route.includes('?') ? '&' : '?'}access_token=a`, {}),
      401,
      'access-token.missing',
    );
  });

  it.each(GUARDED_ROUTES)('[S-96] %s refuses the token of a session that has ended', async (route) => {
    const person = await aPerson(api);
    await call(LOGOUT, person.headers);
    expectProblem(await call(route, person.headers), 401, 'access-token.invalid');
  });

  it.each(GUARDED_ROUTES)('[S-81] %s refuses a token that has expired', async (route) => {
    const { account, tokens } = await aPerson(api);
    expectProblem(
      await call(route, bearer(expiredToken(api, account.id, tokens.session.id))),
      401,
      'access-token.invalid',
    );
  });

  it('[S-85] [S-97] a token of a deleted account meets "account gone" everywhere', async () => {
    const { account, headers: orphaned } = await aPerson(api);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    for (const route of GUARDED_ROUTES) expectProblem(await call(route, orphaned), 404, 'account.gone');
  });

  it('a token that may only change the password is refused everywhere else', async () => {
    const account = await anAccount(api);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const { accessToken } = await signIn(api, account);
    for (const route of GUARDED_ROUTES.filter((each) => each !== CHANGE_PASSWORD)) {
      expectProblem(await call(route, bearer(accessToken)), 403, 'access-token.restricted');
    }
  });

  it.each(BODIES)('%s refuses what is not its body', async (route, fields) => {
    for (const body of ['{"a":', '[]', 'null', '"text"', '{"a":1,"a":1}']) {
      expectProblem(await call(route, headers, body), 400, 'body.malformed');
    }
    const errors = fields.map((field) => ({ field, code: 'isString', message: `${field} must be a string` }));
    for (const value of [undefined, null, 7, true, ['x'], { $ne: '' }]) {
      const body = Object.fromEntries(fields.map((field) => [field, value]));
      expectProblem(await call(route, headers, body), 422, 'body.invalid', { errors });
    }
  });

  it.each(BODIES)('[S-111] %s refuses fields that it does not know', async (route, fields) => {
    const body = Object.fromEntries([...fields, 'userId', 'emailVerified'].map((field) => [field, 'x']));
    const unknown = (field: string): FieldError => ({ field, code: 'unknown', message: 'This field is not known.' });
    const errors = [unknown('userId'), unknown('emailVerified')];
    expectProblem(await call(route, headers, body), 422, 'body.invalid', { errors });
  });

  it.each(BODIES)('[S-102] %s takes JSON alone, of sane size', async (route) => {
    const form = { ...headers, 'content-type': 'application/x-www-form-urlencoded' };
    expectProblem(await call(route, form, 'a=b'), 415, 'media-type.unsupported');
    expectProblem(await call(route, headers, { a: 'x'.repeat(20_000) }), 413, 'body.too-large');
  });

  it.each([CHANGE_PASSWORD, `POST ${ROOT}/me/email-change/confirm`])('%s knows two ways to sign out', async (route) => {
    const errors = expect.arrayContaining([expect.objectContaining({ field: 'signOut', code: 'isIn' })]);
    for (const signOut of ['nobody', null, ['others'], 1]) {
      expectProblem(await call(route, headers, { signOut }), 422, 'body.invalid', { errors });
    }
  });

  it.each(ALLOWED)('[S-127] %s names its methods to any other one', async (path, allow) => {
    for (const method of ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'].filter((each) => !allow.includes(each))) {
      const answer = await api.http.send(method, path, undefined, headers);
      expect(answer.status).toBe(405);
      expect(answer.headers.get('allow')).toBe(allow);
      if (method !== 'HEAD') expectProblem(answer, 405, 'method.not-allowed');
    }
  });

  it('a path that is none is not found', async () => {
    for (const path of ['', '/', '/me/', '/me/passwords', '/accounts']) {
      expectProblem(await api.http.get(ROOT + path, headers), 404, 'route.not-found');
    }
  });
});

function expiredToken(api: TestApi, accountId: string, sessionId: string): string {
  const hourAgo = new Date(Date.now() - 3_600_000);
  const subject = { accountId, sessionId, applicationId: null, authenticatedAt: hourAgo, now: hourAgo };
  return api.app.get(AccessTokens).mint({ ...subject, expiresAt: new Date(Date.now() + 3_600_000) }).accessToken;
}
