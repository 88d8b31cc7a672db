import { RevokeSessions, type Scope, ServiceClients } from '@app/session';
import type { TestApi } from './boot-api';
import { DEVICE_HEADERS } from './device-headers';
import { anAccount, aSession, TEST_REQUESTER } from './factories';
import { bearer, type HeaderMap, type HttpAnswer } from './http-client';
import { sendRaw } from './raw-request';

/** A place that takes an access token. Nothing here changes anything. */
export interface TokenDoor {
  /** Whose tokens are good here. */
  holder: 'person' | 'service';
  listener: 'http' | 'internal';
  method: 'GET' | 'POST';
  path: string;
  body?: unknown;
  /** In place of `body`, where the token stands in it. */
  bodyWith?(token: string): string;
  headersWith(token: string): HeaderMap;
  isOpen(answer: Pick<HttpAnswer, 'status' | 'body'>): boolean;
}

/** The development client, with a form. */
export const DEVELOPMENT_SERVICE = {
  authorization: `Basic ${Buffer.from('dev:dev-secret-change-me-0000000000000000').toString('base64')}`,
  'content-type': 'application/x-www-form-urlencoded',
};

const isOk: TokenDoor['isOpen'] = ({ status }) => status === 200;

const DOORS: Record<string, TokenDoor> = {
  'native me': {
    holder: 'person',
    listener: 'http',
    method: 'GET',
    path: '/account/v1/me',
    headersWith: bearer,
    isOpen: isOk,
  },
  'X-Access-Token': {
    holder: 'person',
    listener: 'http',
    method: 'GET',
    path: '/api/user/v1/get',
    headersWith: (token) => ({ 'X-Access-Token': token }),
    isOpen: ({ body }) => body.code === 0,
  },
  id_token: {
    holder: 'person',
    listener: 'http',
    method: 'POST',
    path: '/api/v2/sdk/profile/update-email',
    body: {},
    headersWith: (token) => ({ ...DEVICE_HEADERS, ...bearer(token) }),
    // The token was good: what is missed next is the code.
    isOpen: ({ body }) => body.error_code === 'IDAAS.SDK.PARAM.0009',
  },
  'users profile': {
    holder: 'person',
    listener: 'http',
    method: 'GET',
    path: '/v1/users/profile',
    headersWith: bearer,
    isOpen: isOk,
  },
  'internal API': {
    holder: 'service',
    listener: 'internal',
    method: 'GET',
    path: '/internal/v1/outbox',
    headersWith: bearer,
    isOpen: isOk,
  },
};

const INTROSPECTION: TokenDoor = {
  holder: 'person',
  listener: 'internal',
  method: 'POST',
  path: '/oauth2/introspect',
  bodyWith: (token) => new URLSearchParams({ token }).toString(),
  headersWith: () => DEVELOPMENT_SERVICE,
  isOpen: ({ body }) => body.active,
};

/** Those that take the token from a header. */
export const DOORS_BY_NAME = Object.entries(DOORS).map(([name, door]) => ({ name, door }));

export const EVERY_DOOR = [...DOORS_BY_NAME, { name: 'introspection', door: INTROSPECTION }];

export function show(api: TestApi, door: TokenDoor, token: string): Promise<HttpAnswer> {
  return api[door.listener].send(door.method, door.path, door.bodyWith?.(token) ?? door.body, door.headersWith(token));
}

export async function opens(api: TestApi, door: TokenDoor, token: string): Promise<boolean> {
  return door.isOpen(await show(api, door, token));
}

/** The same with header lines as they stand. */
export async function opensRaw(api: TestApi, door: TokenDoor, lines: string[]): Promise<boolean> {
  const all = [
    `${door.method} ${door.path} HTTP/1.1`,
    ...(door.body ? ['Content-Type: application/json'] : []),
    ...lines,
  ];
  const { status, text } = await sendRaw(api[door.listener].baseUrl, all, door.body ? JSON.stringify(door.body) : '');
  return text.startsWith('{') && door.isOpen({ status, body: JSON.parse(text) });
}

/** The header lines with which a token is shown at the door. */
export function linesWith(door: TokenDoor, token: string): string[] {
  return Object.entries(door.headersWith(token)).map(([name, value]) => `${name}: ${value}`);
}

/** What a caller can tell one refusal from another by. */
export function shapeOf({ status, headers, body }: HttpAnswer): object {
  const { instance: _, ...said } = (body ?? {}) as Record<string, unknown>;
  return { status, said, type: headers.get('content-type'), challenge: headers.get('www-authenticate') };
}

/** Ends every token for the door, but for what tests ask with. */
export async function endTokens(api: TestApi, { holder }: TokenDoor): Promise<void> {
  if (holder === 'person') return void (await api.app.get(RevokeSessions).ofEverybody(TEST_REQUESTER));
  const clients = api.app.get(ServiceClients);
  const { serviceClients } = await clients.list({ limit: 1000 });
  for (const { id } of serviceClients.filter(({ name }) => name === 'test')) await clients.revoke(id, TEST_REQUESTER);
}

/** A good token for the door, of an account or a client of its own. */
export async function aTokenFor(api: TestApi, { holder }: TokenDoor): Promise<string> {
  if (holder === 'service') return aServiceToken(api, 'admin');
  return (await aSession(api, await anAccount(api))).accessToken;
}

export async function aServiceToken(api: TestApi, ...scopes: Scope[]): Promise<string> {
  const { id, secret } = await api.app.get(ServiceClients).create('test', scopes, TEST_REQUESTER);
  return serviceTokenOf(api, id, secret);
}

export async function serviceTokenOf(api: TestApi, id: string, secret: string): Promise<string> {
  const headers = {
    authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
    'content-type': 'application/x-www-form-urlencoded',
  };
  const { body } = await api.internal.post('/oauth2/token', 'grant_type=client_credentials', headers);
  return body.access_token;
}
