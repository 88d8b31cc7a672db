import { randomUUID } from 'node:crypto';
import type { TestApi } from './boot-api';
import { DEVICE_HEADERS } from './device-headers';
import type { TestAccount } from './factories';
import { bearer, type HeaderMap, type HttpAnswer } from './http-client';
import { codeIn } from './mailed';
import { DEVELOPMENT_SERVICE, EVERY_DOOR, opens } from './token-doors';

/** Everything that one account may hold at one moment. */
export interface Tokens {
  access: string;
  refresh: string;
  handle: string;
  all: string[];
}

export const NEXT_PASSWORD = 'NewSecureP@ssw0rd!';

/** What other services are told of a token (RFC 7662). */
export function introspect(api: TestApi, token: string, more: Record<string, string> = {}): Promise<HttpAnswer> {
  return api.internal.post(
    '/oauth2/introspect',
    new URLSearchParams({ token, ...more }).toString(),
    DEVELOPMENT_SERVICE,
  );
}

/** Signs in through every door that there is: one login serves all. */
export async function signInEverywhere(
  api: TestApi,
  { email, password }: TestAccount,
  application: HeaderMap = {},
): Promise<Tokens> {
  const native = await api.http.post('/account/v1/sessions', { email, password });
  const headers = { ...DEVICE_HEADERS, ...application };
  const sdk = await api.http.post('/api/v2/sdk/login', { user_name: email, password }, headers);
  const login = { provider: 'traditional', payload: { email, password } };
  const users = await api.http.post('/v1/auth/login', login);
  return {
    access: native.body.accessToken,
    refresh: native.body.refreshToken,
    handle: sdk.body.session_token,
    all: [native.body.accessToken, sdk.body.id_token, users.body.data.accessToken.token],
  };
}

type SignIn = (api: TestApi, account: Pick<TestAccount, 'email' | 'password'>) => Promise<HttpAnswer>;

/** Where a password is judged, with the status that a right one gets. */
export const SIGN_IN_DOORS: Record<string, { give: SignIn; status: number }> = {
  'native sign-in': {
    give: (api, { email, password }) => api.http.post('/account/v1/sessions', { email, password }),
    status: 201,
  },
  'bamboocloud login': {
    give: (api, { email, password }) =>
      api.http.post('/api/v2/sdk/login', { user_name: email, password }, DEVICE_HEADERS),
    status: 200,
  },
  'applivery login': {
    give: (api, { email, password }) =>
      api.http.post('/v1/auth/login', { provider: 'traditional', payload: { email, password } }),
    status: 200,
  },
};

/** Where a person's access token is shown, and whether it is accepted there. Nothing here changes anything. */
export const TOKEN_DOORS: Record<string, (api: TestApi, token: string) => Promise<boolean>> = Object.fromEntries(
  EVERY_DOOR.filter(({ door }) => door.holder === 'person').map(({ name, door }) => [
    name,
    (api, token) => opens(api, door, token),
  ]),
);

/** Where an account renews its access. */
export const RENEWAL_DOORS: Record<string, (api: TestApi, tokens: Omit<Tokens, 'all'>) => Promise<boolean>> = {
  'native refresh': async (api, { refresh: refreshToken }) =>
    (await api.http.post('/account/v1/sessions/refresh', { refreshToken })).status === 200,
  'users refresh': async (api, { access, refresh }) => {
    const body = { lastAccessToken: access, refreshToken: refresh };
    return (await api.http.post('/v1/auth/refresh', body)).status === 200;
  },
  'session handle': async (api, { handle }) => {
    const headers = { ...DEVICE_HEADERS, 'session-token': handle };
    return (await api.http.post('/api/v2/sdk/sso/session-token/id-token', undefined, headers)).status === 200;
  },
};

/** What a change has made of an account. */
export interface Changed {
  status: number;
  /** The old mailbox was warned before the change, too. */
  warned?: true;
  email: string;
  password: string;
}

type PerformChange = (api: TestApi, account: TestAccount, tokens: Tokens) => Promise<Changed>;

const freshAddress = () => `moved-${randomUUID().slice(0, 8)}@example.net`;

/** Every way to change an e-mail or a password, by the surface that offers it. */
export const CHANGES: Record<string, PerformChange> = {
  'native password': async (api, account, { access }) => {
    const body = { currentPassword: account.password, newPassword: NEXT_PASSWORD, signOut: 'everywhere' };
    const { status } = await api.http.put('/account/v1/me/password', body, bearer(access));
    return { status, email: account.email, password: NEXT_PASSWORD };
  },
  'native e-mail': async (api, account, { access }) => {
    const newEmail = freshAddress();
    const body = { newEmail, currentPassword: account.password };
    const started = await api.http.post('/account/v1/me/email-change', body, bearer(access));
    if (started.status !== 202) return { ...account, status: started.status };
    const code = codeIn((await api.mailsTo(newEmail))[0]);
    const confirm = { code, signOut: 'everywhere' };
    const { status } = await api.http.post('/account/v1/me/email-change/confirm', confirm, bearer(access));
    return { status, email: newEmail, password: account.password, warned: true };
  },
  'vivoldi e-mail': (api, account, tokens) => update(api, account, tokens, { eml: freshAddress() }),
  'vivoldi password': (api, account, tokens) => update(api, account, tokens, { pwd: 'Zght943!' }),
  'vivoldi both': (api, account, tokens) => update(api, account, tokens, { eml: freshAddress(), pwd: 'Zght943!' }),
  'bamboocloud e-mail': async (api, account, { access }) => {
    const email = freshAddress();
    const verify_code = await sdkCode(api, email, 'UPDATE_EMAIL_EMS');
    const headers = { ...DEVICE_HEADERS, ...bearer(access) };
    const { status } = await api.http.post('/api/v2/sdk/profile/update-email', { email, verify_code }, headers);
    return { status, email, password: account.password };
  },
  'bamboocloud password': async (api, account, { access }) => {
    const body = { old_password: account.password, new_password: NEXT_PASSWORD };
    const headers = { ...DEVICE_HEADERS, ...bearer(access) };
    const { status } = await api.http.post('/api/v2/sdk/pwd/change', body, headers);
    return { status, email: account.email, password: NEXT_PASSWORD };
  },
  'bamboocloud password by code': async (api, account, { access }) => {
    const verify_code = await sdkCode(api, account.email, 'UPDATE_PWD_EMS');
    const headers = { ...DEVICE_HEADERS, ...bearer(access) };
    const body = { verify_code, password: NEXT_PASSWORD };
    const { status } = await api.http.post('/api/v2/sdk/pwd/update-by-email', body, headers);
    return { status, email: account.email, password: NEXT_PASSWORD };
  },
  'applivery password': async (api, account, { access }) => {
    const body = { oldPassword: account.password, newPassword: NEXT_PASSWORD };
    const { status } = await api.http.post('/v1/users/profile/change-password', body, bearer(access));
    return { status, email: account.email, password: NEXT_PASSWORD };
  },
};

async function update(
  api: TestApi,
  account: TestAccount,
  { access }: Tokens,
  body: { eml?: string; pwd?: string },
): Promise<Changed> {
  const answer = await api.http.put('/api/user/v1/update', body, { 'X-Access-Token': access });
  const status = answer.body.code === 0 ? answer.status : answer.body.code;
  return { status, email: body.eml ?? account.email, password: body.pwd ?? account.password };
}

async function sdkCode(api: TestApi, email: string, type: string): Promise<string> {
  await api.http.post('/api/v2/sdk/email/send', { email, type, captcha_token: '' }, DEVICE_HEADERS);
  return codeIn((await api.mailsTo(email))[0]);
}
