import assert from 'node:assert/strict';
import { SERVICE } from '../../support/people.mjs';

export const DEVICE = {
  'X-operating-sys-version': 'windows10.1.1',
  'X-device-fingerprint': '156aysdna213sc50',
  'X-device-ip': '192.168.1.2',
  'X-agent': 'Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X)',
  'X-client-id': 'nTo1eRIub60vPb54WeE6aojPwYwImtl4',
};
const API_KEY = 'dev-api-key-0000000000000000000000';

/** What "not now" looks like on each surface. */
const BUSY = {
  native: ({ body }) => assert.deepEqual([body.code, body.status], ['service.busy', 503]),
  oauth: ({ body }) => assert.equal(body.error, 'temporarily_unavailable'),
  vivoldi: ({ body }) =>
    assert.deepEqual(body, { code: 5031, message: 'The service is busy. Try again soon.', result: null }),
  bamboocloud: ({ body }) => assert.equal(body.error_code, 'IDAAS.SDK.COMMON.0503'),
  applivery: ({ body }) => assert.deepEqual(body, { status: false, error: { code: 1003, message: 'Service busy' } }),
};

/** By a token of a person, who has that password. */
const TOKEN_DOORS = {
  'native GET /account/v1/me': (token) => ({ token }),
  'native GET /account/v1/sessions': (token) => ({ token }),
  'native PUT /account/v1/me/password': (token, currentPassword) => ({
    token,
    body: { currentPassword, newPassword: 'something else entirely' },
  }),
  'native DELETE /account/v1/sessions?scope=all': (token) => ({ token }),
  'vivoldi GET /api/user/v1/get': (token) => ({ headers: { 'X-Access-Token': token } }),
  'vivoldi PUT /api/user/v1/update': (token) => ({
    headers: { 'X-Access-Token': token },
    body: { eml: 'moved@example.org' },
  }),
  'bamboocloud POST /api/v2/sdk/profile/update-email': (token) => ({
    token,
    headers: DEVICE,
    body: { email: 'moved@example.org', verify_code: '123456' },
  }),
  'applivery GET /v1/users/profile': (token) => ({ token }),
  'applivery POST /v1/users/profile/change-password': (token, oldPassword) => ({
    token,
    body: { oldPassword, newPassword: 'Something-9-else' },
  }),
};

/** By what else a person has. */
const OTHER_DOORS = ({ email, password, tokens: { accessToken, refreshToken } }) => ({
  'native POST /account/v1/sessions': { body: { email, password } },
  'native POST /account/v1/sessions/refresh': { body: { refreshToken } },
  'native POST /account/v1/password-reset/confirm': { body: { token: 'x'.repeat(43), newPassword: password } },
  'vivoldi POST /api/user/v1/auth': { headers: { authorization: `APIKey ${API_KEY}` }, body: {} },
  'bamboocloud POST /api/v2/sdk/login': { headers: DEVICE, body: { user_name: email, password } },
  'bamboocloud POST /api/v2/sdk/sso/session-token/id-token': {
    headers: { ...DEVICE, 'session-token': 'x'.repeat(43) },
  },
  'applivery POST /v1/auth/login': { body: { provider: 'traditional', payload: { email, password } } },
  'applivery POST /v1/auth/refresh': { body: { lastAccessToken: accessToken, refreshToken } },
  'native GET /health/ready': {},
});

/** For services, with a token and without. */
const SERVICE_DOORS = (token, { id, tokens: { accessToken } }) => ({
  'native GET /internal/v1/accounts?email=ada@example.com': { token },
  [`native POST /internal/v1/accounts/${id}/sessions/revoke`]: { token },
  'native POST /internal/v1/sessions/revoke': { token },
  'native GET /internal/v1/outbox': { token },
  'oauth POST /oauth2/token': {
    headers: SERVICE,
    body: new URLSearchParams({ grant_type: 'client_credentials' }),
  },
  'oauth POST /oauth2/introspect': { headers: SERVICE, body: new URLSearchParams({ token: accessToken }) },
  'oauth POST /oauth2/revoke': { headers: SERVICE, body: new URLSearchParams({ token: accessToken }) },
});

/** Every kind of door that asks the database, as `{name, surface, ask}`. */
export function doorsOf(replica, { person, accessTokens, service }) {
  const door = (ask, name, options) => {
    const [surface, method, path] = name.split(' ');
    return { name, surface, ask: () => ask(method, path, options) };
  };
  const all = (ask, doors) => Object.entries(doors).map(([name, options]) => door(ask, name, options));
  return [
    ...accessTokens.flatMap((token) =>
      Object.entries(TOKEN_DOORS).map(([name, options]) => door(replica.ask, name, options(token, person.password))),
    ),
    ...all(replica.ask, OTHER_DOORS(person)),
    ...all(replica.askInternal, SERVICE_DOORS(service, person)),
  ];
}

/** 503 in the surface's own words, with the time to come back, and soon enough. */
export async function expectBusy({ name, surface, ask }, seconds) {
  const answer = await ask();
  assert.equal(answer.status, 503, `${name}: ${answer.status} ${answer.text}`);
  assert.ok(Number(answer.headers['retry-after']) >= 1, `${name} does not say when to come back`);
  BUSY[surface](answer);
  assert.ok(answer.seconds < seconds, `${name} took ${answer.seconds} s`);
}
