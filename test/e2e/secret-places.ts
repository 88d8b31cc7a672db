import { DEVICE_HEADERS } from '../support/device-headers';
import type { EverySecret, SecretKind } from '../support/every-secret';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { DOORS_BY_NAME } from '../support/token-doors';

/** A kind of place that takes a secret, and all that is good there. */
export interface SecretPlace {
  /** As its controller declares it. `:token` stands for the secret, `:userId` for whose it is. */
  route: string;
  good: SecretKind[];
  /** What is sent there beside the address. */
  sent?: (secret: string, held: EverySecret) => { body?: unknown; headers?: HeaderMap };
  /** Whether the secret was good; 200 says so where this is left out. */
  isTaken?: (answer: HttpAnswer, hasEndedSomething: boolean) => boolean;
}

const NEW_PASSWORD = 'a walk along the winter canal';
const SDK = '/api/v2/sdk';

const signedIn = (token: string): HeaderMap => ({ ...DEVICE_HEADERS, ...bearer(token) });
const basic = (id: string, secret: string): HeaderMap => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

const form = (fields: Record<string, string>, headers: HeaderMap = {}) => ({
  body: new URLSearchParams(fields).toString(),
  headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
});

/** Good wherever a person's access token is. */
const PERSONAL: SecretKind[] = ['access token', 'access token of an API key'];
/** Good where a password is changed. */
const CHANGING: SecretKind[] = [...PERSONAL, 'access token that may only change the password'];

/** Each door of an access token. */
const BEARER_PLACES = DOORS_BY_NAME.map(({ name, door }): [string, SecretPlace] => {
  const { holder, method, path, body } = door;
  const good: SecretKind[] = holder === 'service' ? ['service access token'] : PERSONAL;
  const sent = (secret: string) => ({ body, headers: door.headersWith(secret) });
  return [name, { route: `${method} ${path}`, good, sent, isTaken: (answer) => door.isOpen(answer) }];
});

/** By the secret of a mailed link alone, from a program and from a page. */
const linkPlaces = (path: string, kind: SecretKind): Record<string, SecretPlace> => ({
  [`${path} by a program`]: {
    route: `POST /account/v1${path}`,
    good: [kind],
    sent: (token) => ({ body: { token } }),
  },
  [`${path} by a page`]: { route: `POST ${path}`, good: [kind], sent: (token) => form({ token }) },
  [`page before ${path}`]: { route: `GET ${path}/:token`, good: [kind] },
});

/** Where a service shows its secret or its token. */
const servicePlaces = (path: string): Record<string, SecretPlace> => ({
  [`Basic of ${path}`]: {
    route: `POST ${path}`,
    good: ['service client secret'],
    sent: (secret, { serviceClientId }) => form({ token: 'x' }, basic(serviceClientId, secret)),
  },
  [`Bearer of ${path}`]: {
    route: `POST ${path}`,
    good: ['service access token'],
    sent: (secret) => form({ token: 'x' }, bearer(secret)),
  },
});

/** A token that a service asks about, or ends. */
const questionOf = (token: string, { serviceClientId, secrets }: EverySecret) =>
  form({ token }, basic(serviceClientId, secrets['service client secret']));

/** The token was good: what is missed is something to change. */
const updatePlace = (method: string): SecretPlace => ({
  route: `${method} /api/user/v1/update`,
  good: CHANGING,
  sent: (secret) => ({ body: {}, headers: { 'X-Access-Token': secret } }),
  isTaken: ({ body }) => body.code === 1001,
});

/** The token was good, and of that account: what is wrong is the old password. */
const usersPlace = (user: string, good: SecretKind[]): SecretPlace => ({
  route: `POST /v1/users/${user}/change-password`,
  good,
  sent: (secret) => ({ body: { oldPassword: 'a wrong one', newPassword: NEW_PASSWORD }, headers: bearer(secret) }),
  isTaken: ({ body }) => body.error?.code === 5023,
});

export const SECRET_PLACES: Record<string, SecretPlace> = {
  ...Object.fromEntries(BEARER_PLACES),
  ...servicePlaces('/oauth2/introspect'),
  ...servicePlaces('/oauth2/revoke'),
  ...linkPlaces('/email-change/undo', 'undo token'),
  ...linkPlaces('/email-change/cancel', 'cancel token'),
  ...linkPlaces('/not-me', 'not me token'),
  'Bearer of a change of password': {
    route: 'PUT /account/v1/me/password',
    good: CHANGING,
    sent: (secret) => ({
      body: { currentPassword: 'a wrong one', newPassword: NEW_PASSWORD },
      headers: bearer(secret),
    }),
    isTaken: ({ body }) => body.code === 'password.current-wrong',
  },
  'X-Access-Token of an update': updatePlace('PUT'),
  'X-Access-Token of an update by POST': updatePlace('POST'),
  'Bearer of the own change of password': usersPlace('profile', CHANGING),
  'Bearer of a change of password by id': usersPlace(':userId', PERSONAL),
  'id_token of a change of password': {
    route: `POST ${SDK}/pwd/change`,
    good: CHANGING,
    sent: (secret) => ({
      body: { old_password: 'a wrong one', new_password: NEW_PASSWORD },
      headers: signedIn(secret),
    }),
    isTaken: ({ body }) => body.error_code === 'IDAAS.SDK.PWD.0001',
  },
  'id_token of a change of password by code': {
    route: `POST ${SDK}/pwd/update-by-email`,
    good: CHANGING,
    sent: (secret) => ({ body: {}, headers: signedIn(secret) }),
    // The token was good: what is missed next is the code.
    isTaken: ({ body }) => body.error_code === 'IDAAS.SDK.PARAM.0009',
  },
  'Basic of a service client': {
    route: 'POST /oauth2/token',
    good: ['service client secret'],
    sent: (secret, { serviceClientId }) => form({ grant_type: 'client_credentials' }, basic(serviceClientId, secret)),
  },
  introspection: {
    route: 'POST /oauth2/introspect',
    good: PERSONAL,
    sent: questionOf,
    isTaken: ({ body }) => body.active,
  },
  revocation: {
    route: 'POST /oauth2/revoke',
    good: [...CHANGING, 'refresh token', 'session token', 'service access token'],
    sent: questionOf,
    isTaken: (_, hasEndedSomething) => hasEndedSomething,
  },
  'sign-out': {
    route: 'DELETE /account/v1/sessions/current',
    good: CHANGING,
    sent: (secret) => ({ headers: bearer(secret) }),
    isTaken: (_, hasEndedSomething) => hasEndedSomething,
  },
  APIKey: {
    route: 'POST /api/user/v1/auth',
    good: ['API key'],
    sent: (secret) => ({ body: {}, headers: { authorization: `APIKey ${secret}` } }),
    isTaken: ({ body }) => body.code === 0,
  },
  'APIKey beside a token': {
    route: 'GET /api/user/v1/get',
    good: ['API key'],
    sent: (secret, { codeHolder }) => ({
      headers: { authorization: `APIKey ${secret}`, 'X-Access-Token': codeHolder },
    }),
    isTaken: ({ body }) => body.code === 0,
  },
  'X-client-id': {
    route: `POST ${SDK}/sso/session-token/id-token`,
    good: ['application id'],
    sent: (secret) => ({ headers: { ...DEVICE_HEADERS, 'X-client-id': secret } }),
    // The id was good: what is missed next is the session token.
    isTaken: ({ body }) => body.error_code === 'IDAAS.SDK.PARAM.0023',
  },
  'renewal of an IdToken': {
    route: `POST ${SDK}/sso/session-token/id-token`,
    good: ['session token'],
    sent: (secret) => ({ headers: { ...DEVICE_HEADERS, 'session-token': secret } }),
  },
  refresh: {
    route: 'POST /account/v1/sessions/refresh',
    good: ['refresh token'],
    sent: (refreshToken) => ({ body: { refreshToken } }),
  },
  'refresh of the users API': {
    route: 'POST /v1/auth/refresh',
    good: ['refresh token'],
    sent: (refreshToken, { secrets }) => ({ body: { lastAccessToken: secrets['access token'], refreshToken } }),
  },
  'reset of a password': {
    route: 'POST /account/v1/password-reset/confirm',
    good: ['reset token'],
    sent: (token) => ({ body: { token, newPassword: NEW_PASSWORD } }),
    isTaken: ({ status }) => status === 204,
  },
  'reset of a password by a page': {
    route: 'POST /password-reset/confirm',
    good: ['reset token'],
    sent: (token) => form({ token, newPassword: NEW_PASSWORD }),
  },
  'page before a reset': { route: 'GET /password-reset/:token', good: ['reset token'] },
  'confirmation of a change of e-mail': {
    route: 'POST /account/v1/me/email-change/confirm',
    good: ['email-change code'],
    sent: (code, { codeHolder }) => ({ body: { code }, headers: bearer(codeHolder) }),
  },
  'verification of an e-mail': {
    route: 'POST /account/v1/email-verification/confirm',
    good: ['email-verification code'],
    sent: (code, { codeHolder }) => ({ body: { code }, headers: bearer(codeHolder) }),
  },
  'verification of an e-mail by a page': {
    route: 'POST /email-verification',
    good: ['email-verification code'],
    sent: (code, { codeHolderEmail: email }) => form({ email, code }),
  },
  'change of e-mail by code': {
    route: `POST ${SDK}/profile/update-email`,
    good: ['address-proof code'],
    sent: (verify_code, { codeHolder, newAddress: email }) => ({
      body: { email, verify_code },
      headers: signedIn(codeHolder),
    }),
  },
  'change of a password by code': {
    route: `POST ${SDK}/pwd/update-by-email`,
    good: ['password-change code'],
    sent: (verify_code, { codeHolder }) => ({
      body: { verify_code, password: NEW_PASSWORD },
      headers: signedIn(codeHolder),
    }),
  },
  'forgotten password': {
    route: `POST ${SDK}/pwd/update-by-email`,
    good: ['password-forgotten code'],
    sent: (verify_code, { forgetful: email }) => ({
      body: { email, verify_code, password: NEW_PASSWORD },
      headers: DEVICE_HEADERS,
    }),
  },
};
