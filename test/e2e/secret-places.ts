import type { TestApi } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import type { EverySecret, SecretKind } from '../support/every-secret';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { introspect } from '../support/surfaces';
import { DOORS_BY_NAME, opens } from '../support/token-doors';

/** A kind of place that takes a secret: all that is good there, and whether one was. */
export interface SecretPlace {
  good: SecretKind[];
  takes(api: TestApi, secret: string, held: EverySecret): Promise<boolean>;
}

const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
const ACCOUNT = '/account/v1';
const SDK = '/api/v2/sdk';

const has = async (status: number, answer: Promise<HttpAnswer>): Promise<boolean> => (await answer).status === status;
const isOk = (answer: Promise<HttpAnswer>): Promise<boolean> => has(200, answer);
const basic = (id: string, secret: string): HeaderMap => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

const signedIn = (token: string): HeaderMap => ({ ...DEVICE_HEADERS, ...bearer(token) });

/** Good wherever a person's access token is. */
const PERSONAL: SecretKind[] = ['access token', 'access token of an API key'];
const RESTRICTED: SecretKind = 'access token that may only change the password';

/** Each door of an access token. */
const BEARER_PLACES = DOORS_BY_NAME.map(({ name, door }): [string, SecretPlace] => {
  const good: SecretKind[] = door.holder === 'service' ? ['service access token'] : PERSONAL;
  return [name, { good, takes: (api, secret) => opens(api, door, secret) }];
});

export const SECRET_PLACES: Record<string, SecretPlace> = {
  ...Object.fromEntries(BEARER_PLACES),
  'Bearer of a change of password': {
    good: [...PERSONAL, RESTRICTED],
    takes: async (api, secret) => {
      const body = { currentPassword: 'a wrong one', newPassword: 'a walk along the winter canal' };
      const answer = await api.http.put(`${ACCOUNT}/me/password`, body, bearer(secret));
      return answer.body.code === 'password.current-wrong';
    },
  },
  'Basic of a service client': {
    good: ['service client secret'],
    takes: (api, secret, { serviceClientId }) =>
      isOk(
        api.internal.post('/oauth2/token', 'grant_type=client_credentials', {
          ...FORM,
          ...basic(serviceClientId, secret),
        }),
      ),
  },
  introspection: {
    good: PERSONAL,
    takes: async (api, secret) => (await introspect(api, secret)).body.active,
  },
  'Basic of introspection': {
    good: ['service client secret'],
    takes: (api, secret, { serviceClientId }) =>
      isOk(api.internal.post('/oauth2/introspect', 'token=x', { ...FORM, ...basic(serviceClientId, secret) })),
  },
  'Bearer of introspection': {
    good: ['service access token'],
    takes: (api, secret) => isOk(api.internal.post('/oauth2/introspect', 'token=x', { ...FORM, ...bearer(secret) })),
  },
  revocation: {
    good: [...PERSONAL, RESTRICTED, 'refresh token', 'session token', 'service access token'],
    takes: (api, token, { serviceClientId, secrets }) => {
      const headers = { ...FORM, ...basic(serviceClientId, secrets['service client secret']) };
      return ends(api, () => api.internal.post('/oauth2/revoke', `token=${encodeURIComponent(token)}`, headers));
    },
  },
  'sign-out': {
    good: [...PERSONAL, RESTRICTED],
    takes: (api, secret) => ends(api, () => api.http.delete(`${ACCOUNT}/sessions/current`, bearer(secret))),
  },
  APIKey: {
    good: ['API key'],
    takes: async (api, secret) =>
      (await api.http.post('/api/user/v1/auth', {}, { authorization: `APIKey ${secret}` })).body.code === 0,
  },
  'X-client-id': {
    good: ['application id'],
    takes: async (api, secret) => {
      const headers = { ...DEVICE_HEADERS, 'X-client-id': secret };
      const answer = await api.http.post('/api/v2/sdk/sso/session-token/id-token', undefined, headers);
      // The id was good: what is missed next is the session token.
      return answer.body.error_code === 'IDAAS.SDK.PARAM.0023';
    },
  },
  'renewal of an IdToken': {
    good: ['session token'],
    takes: (api, secret) => {
      const headers = { ...DEVICE_HEADERS, 'session-token': secret };
      return isOk(api.http.post('/api/v2/sdk/sso/session-token/id-token', undefined, headers));
    },
  },
  refresh: {
    good: ['refresh token'],
    takes: (api, secret) => isOk(api.http.post(`${ACCOUNT}/sessions/refresh`, { refreshToken: secret })),
  },
  'refresh of the users API': {
    good: ['refresh token'],
    takes: (api, secret, { secrets }) => {
      const body = { lastAccessToken: secrets['access token'], refreshToken: secret };
      return isOk(api.http.post('/v1/auth/refresh', body));
    },
  },
  'reset of a password': {
    good: ['reset token'],
    takes: (api, secret) => {
      const body = { token: secret, newPassword: 'seven herons over the old lock' };
      return has(204, api.http.post(`${ACCOUNT}/password-reset/confirm`, body));
    },
  },
  'undo of a change': {
    good: ['undo token'],
    takes: (api, secret) => isOk(api.http.post(`${ACCOUNT}/email-change/undo`, { token: secret })),
  },
  '"this was not me"': {
    good: ['not me token'],
    takes: (api, secret) => isOk(api.http.post(`${ACCOUNT}/not-me`, { token: secret })),
  },
  'cancel of a change': {
    good: ['cancel token'],
    takes: (api, secret) => isOk(api.http.post(`${ACCOUNT}/email-change/cancel`, { token: secret })),
  },
  'confirmation of a change of e-mail': {
    good: ['email-change code'],
    takes: (api, code, { codeHolder }) =>
      isOk(api.http.post(`${ACCOUNT}/me/email-change/confirm`, { code }, bearer(codeHolder))),
  },
  'verification of an e-mail': {
    good: ['email-verification code'],
    takes: (api, code, { codeHolder }) =>
      isOk(api.http.post(`${ACCOUNT}/email-verification/confirm`, { code }, bearer(codeHolder))),
  },
  'change of e-mail by code': {
    good: ['address-proof code'],
    takes: (api, verify_code, { codeHolder, newAddress: email }) =>
      isOk(api.http.post(`${SDK}/profile/update-email`, { email, verify_code }, signedIn(codeHolder))),
  },
  'change of a password by code': {
    good: ['password-change code'],
    takes: (api, verify_code, { codeHolder }) => {
      const body = { verify_code, password: 'a walk along the winter canal' };
      return isOk(api.http.post(`${SDK}/pwd/update-by-email`, body, signedIn(codeHolder)));
    },
  },
  'forgotten password': {
    good: ['password-forgotten code'],
    takes: (api, verify_code, { forgetful: email }) => {
      const body = { email, verify_code, password: 'a walk along the winter canal' };
      return isOk(api.http.post(`${SDK}/pwd/update-by-email`, body, DEVICE_HEADERS));
    },
  },
};

/** Whether a session or a token has ended by it. */
async function ends(api: TestApi, act: () => Promise<unknown>): Promise<boolean> {
  const before = await endings(api);
  await act();
  return (await endings(api)) > before;
}

async function endings(api: TestApi): Promise<number> {
  const [{ count }] = await api.dataSource.query<[{ count: string }]>(
    `SELECT count(*) FROM audit_event WHERE action IN ('session.ended.v1', 'service-token.revoked.v1')`,
  );
  return Number(count);
}
