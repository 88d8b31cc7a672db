import type { ErrorCode } from '@app/contracts';
import { type Scope, type ServiceClient, ServiceClients } from '@app/session';
import type { TestApi } from '../support/boot-api';
import { TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';

export type TestServiceClient = ServiceClient & { secret: string };

export const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
export const CLIENT_CREDENTIALS = 'grant_type=client_credentials';
/** An id that is nobody's. */
export const NOBODY = '00000000-0000-4000-8000-000000000000';

export function aServiceClient(api: TestApi, ...scopes: Scope[]): Promise<TestServiceClient> {
  return api.app.get(ServiceClients).create('test', scopes, TEST_REQUESTER);
}

export const basic = (id: string, secret: string): HeaderMap => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`, 'latin1').toString('base64')}`,
});

export function askForToken(api: TestApi, credentials: HeaderMap, body = CLIENT_CREDENTIALS): Promise<HttpAnswer> {
  return api.internal.post('/oauth2/token', body, { ...FORM, ...credentials });
}

/** The header of a service with these scopes. */
export async function aService(api: TestApi, ...scopes: Scope[]): Promise<HeaderMap> {
  const { id, secret } = await aServiceClient(api, ...scopes);
  const { body } = await askForToken(api, basic(id, secret));
  return bearer(body.access_token);
}

/** The whole of an error without fields. */
export function expectProblem(answer: HttpAnswer, status: number, code: ErrorCode): void {
  expect(answer.body).toEqual({
    type: `http://rekey.test/problems/${code}`,
    title: expect.any(String),
    status,
    code,
    detail: expect.any(String),
    instance: answer.headers.get('x-request-id'),
  });
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
}

/** A refused body: which fields broke which rules, in order. */
export function expectFields(answer: HttpAnswer, fields: string[]): void {
  expect(answer.body).toMatchObject({ status: 422, code: 'body.invalid' });
  expect(answer.status).toBe(422);
  const errors = answer.body.errors as { field: string; code: string }[];
  expect(errors.map(({ field, code }) => `${field} ${code}`)).toEqual(fields);
}

/** The tables with a row in which a text stands. */
export async function tablesWith(api: TestApi, text: string): Promise<string[]> {
  const tables = await api.dataSource.query<{ name: string }[]>(
    `SELECT table_name AS name FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  const found: string[] = [];
  for (const { name } of tables) {
    const sql = `SELECT 1 FROM "${name}" t WHERE position($1 in t::text) > 0 LIMIT 1`;
    if ((await api.dataSource.query<unknown[]>(sql, [text])).length > 0) found.push(name);
  }
  return found;
}

/** The whole of an error below `/oauth2/` (RFC 6749 5.2). */
export function expectOAuthError(answer: HttpAnswer, status: number, error: string): void {
  expect(answer.body).toEqual({ error, error_description: expect.any(String) });
  expect(answer.status).toBe(status);
}
