import { randomUUID } from 'node:crypto';
import { ApiKeys } from '@app/account';
import type { TestApi } from '../support/boot-api';
import { aSession, type TestAccount, TEST_REQUESTER } from '../support/factories';
import type { HeaderMap, HttpAnswer } from '../support/http-client';

export const UPDATE = '/api/user/v1/update';
export const AUTH = '/api/user/v1/auth';
export const GET = '/api/user/v1/get';

/** As the page shows them. */
export const PAGE_BODY = { eml: 'yourchange@gmail.com', pwd: 'Zght943!' };

/** Every error of the contract, letter by letter. */
const ERRORS: Record<number, readonly [status: number, message: string]> = {
  1001: [200, 'Give eml, pwd or both.'],
  1002: [200, 'The body must be a JSON object in UTF-8 without duplicate keys.'],
  1101: [200, 'The header X-Access-Token is missing.'],
  1102: [200, 'The access token is invalid, expired or ended. Call the Authentication API again.'],
  1103: [200, 'This sign-in is too old to change e-mail or password. Sign in again and retry.'],
  1104: [200, 'The API key is missing or invalid.'],
  1201: [200, 'This API is available on the Personal plan or higher.'],
  2001: [200, 'The e-mail address is not valid.'],
  2002: [200, 'This e-mail address is not available.'],
  2101: [200, 'The password must be 6–30 characters long and contain letters and numbers.'],
  2102: [200, 'The password must not equal the e-mail address, nor be a well-known one.'],
  2103: [200, 'The new password is the current one.'],
  4001: [200, 'The account was changed at the same time. Try again.'],
  4031: [403, 'Use https.'],
  4041: [404, 'There is no such API.'],
  4051: [405, 'This API does not know this method.'],
  4131: [413, 'The body is too large.'],
  4151: [415, 'The body must be sent as application/json.'],
  4291: [429, 'Too many requests. Try again later.'],
  5000: [500, 'Something went wrong. Nothing was changed.'],
  5031: [503, 'The service is busy. Try again soon.'],
};

/** The whole answer is that error, or success with nothing in it for 0. */
export function expectCode(answer: HttpAnswer, code: number): void {
  const [status, message] = code === 0 ? [200, ''] : (ERRORS[code] ?? [0, 'not in the contract']);
  const { status: gotStatus, body } = answer;
  expect({ status: gotStatus, body }).toEqual({ status, body: { code, message, result: null } });
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
}

export const userToken = (accessToken: string): HeaderMap => ({ 'x-access-token': accessToken });
export const keyed = (apiKey: string): HeaderMap => ({ authorization: `APIKey ${apiKey}` });

export const anAddress = () => `new-${randomUUID().slice(0, 8)}@example.com`;

/** How often an account's credentials were changed. */
export async function changesOf(api: TestApi, accountId: string): Promise<number> {
  const [row] = await api.dataSource.query('SELECT credential_version - 1 AS changes FROM account WHERE id = $1', [
    accountId,
  ]);
  return row.changes;
}

/** The header of a sign-in of its own. */
export async function aUserToken(api: TestApi, account: TestAccount): Promise<HeaderMap> {
  return userToken((await aSession(api, account)).accessToken);
}

export async function anApiKey(api: TestApi, account: TestAccount): Promise<string> {
  return (await api.app.get(ApiKeys).create(account.id, TEST_REQUESTER)).apiKey;
}

/** The header of a token of the auth endpoint. */
export async function aShortToken(api: TestApi, apiKey: string, eml?: unknown): Promise<HeaderMap> {
  const { body } = await api.http.post(AUTH, { eml }, keyed(apiKey));
  return userToken(String(body.result));
}
