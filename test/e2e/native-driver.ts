import type { ErrorCode } from '@app/contracts';
import { ERROR_CATALOGUE } from '@app/contracts';
import { TEST_PUBLIC_URL, type TestApi } from '../support/boot-api';
import { anAccount, GOOD_PASSWORD, type TestAccount } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';

export const ROOT = '/account/v1';
export const STRONG_PASSWORD = 'a walk along the winter canal';
export const OTHER_STRONG_PASSWORD = 'seven herons over the old lock';

export interface Tokens {
  accessToken: string;
  refreshToken: string;
  session: { id: string; expiresAt: string };
}

type Credentials = Pick<TestAccount, 'email' | 'password'>;

export function trySignIn(
  api: TestApi,
  { email, password }: Credentials,
  headers: HeaderMap = {},
): Promise<HttpAnswer> {
  return api.http.post(`${ROOT}/sessions`, { email, password }, headers);
}

export async function signIn(api: TestApi, credentials: Credentials): Promise<Tokens> {
  const answer = await trySignIn(api, credentials);
  expect(answer.status).toBe(201);
  return answer.body;
}

/** An account and the headers of a sign-in of its own. */
export async function aPerson(api: TestApi, wishes: Parameters<typeof anAccount>[1] = {}) {
  const account = await anAccount(api, wishes);
  const tokens = await signIn(api, account);
  return { account, tokens, headers: bearer(tokens.accessToken) };
}

export const me = (api: TestApi, { accessToken }: Pick<Tokens, 'accessToken'>): Promise<HttpAnswer> =>
  api.http.get(`${ROOT}/me`, bearer(accessToken));

export const refresh = (api: TestApi, { refreshToken }: Pick<Tokens, 'refreshToken'>): Promise<HttpAnswer> =>
  api.http.post(`${ROOT}/sessions/refresh`, { refreshToken });

/** Which of both tokens is still good for something; a refresh token that is good is spent by this. */
export async function goodTokens(api: TestApi, tokens: Tokens): Promise<string[]> {
  const good = [];
  if ((await me(api, tokens)).status === 200) good.push('access');
  if ((await refresh(api, tokens)).status === 200) good.push('refresh');
  return good;
}

export function changePassword(
  api: TestApi,
  headers: HeaderMap,
  { currentPassword = GOOD_PASSWORD, newPassword = STRONG_PASSWORD, ...rest }: Record<string, unknown> = {},
): Promise<HttpAnswer> {
  return api.http.put(`${ROOT}/me/password`, { currentPassword, newPassword, ...rest }, headers);
}

export function startEmailChange(
  api: TestApi,
  headers: HeaderMap,
  newEmail: string,
  currentPassword = GOOD_PASSWORD,
): Promise<HttpAnswer> {
  return api.http.post(`${ROOT}/me/email-change`, { newEmail, currentPassword }, headers);
}

export function confirmEmailChange(
  api: TestApi,
  headers: HeaderMap,
  code: string,
  signOut?: string,
): Promise<HttpAnswer> {
  return api.http.post(`${ROOT}/me/email-change/confirm`, { code, signOut }, headers);
}

/** From the newest mail to the address that has a code. */
export async function codeTo(api: TestApi, address: string): Promise<string> {
  return newestMatch(await api.mailsTo(address), /^Your code: (\d{6})$/m);
}

/** From the newest mail to the address with a link to that page. */
export async function tokenTo(api: TestApi, address: string, page: string): Promise<string> {
  return newestMatch(await api.mailsTo(address), new RegExp(`^${TEST_PUBLIC_URL}${page}/([\\w-]+)$`, 'm'));
}

export const wrongCode = (code: string): string => String((Number(code) + 1) % 1_000_000).padStart(6, '0');

function newestMatch(mails: readonly { text: string }[], pattern: RegExp): string {
  const [found] = mails.flatMap(({ text }) => pattern.exec(text)?.[1] ?? []);
  if (found === undefined) throw new Error(`No mail has ${pattern}`);
  return found;
}

/** The whole of a problem answer: status, exact keys and headers. `more` is `errors` or `reasons`. */
export function expectProblem(answer: HttpAnswer, status: number, code: ErrorCode, more: object = {}): void {
  const { title } = ERROR_CATALOGUE[code];
  expect(answer.body).toEqual({
    type: `${TEST_PUBLIC_URL}/problems/${code}`,
    title,
    status,
    code,
    detail: expect.stringContaining(title),
    instance: answer.headers.get('x-request-id'),
    ...more,
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json(;|$)/);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  expect(answer.headers.get('www-authenticate')).toBe(status === 401 ? challengeOf(code) : null);
  if (status === 429) expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  else expect(answer.headers.has('retry-after')).toBe(false);
}

const challengeOf = (code: ErrorCode): string =>
  `Bearer realm="rekey"${code === 'access-token.invalid' ? ', error="invalid_token"' : ''}`;
