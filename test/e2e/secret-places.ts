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

const has = async (status: number, answer: Promise<HttpAnswer>): Promise<boolean> => (await answer).status === status;
const isOk = (answer: Promise<HttpAnswer>): Promise<boolean> => has(200, answer);
const basic = (id: string, secret: string): HeaderMap => ({
  authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`,
});

/** Each door of an access token. */
const BEARER_PLACES = DOORS_BY_NAME.map(({ name, door }): [string, SecretPlace] => {
  const good: SecretKind[] = [door.holder === 'service' ? 'service access token' : 'access token'];
  return [name, { good, takes: (api, secret) => opens(api, door, secret) }];
});

export const SECRET_PLACES: Record<string, SecretPlace> = {
  ...Object.fromEntries(BEARER_PLACES),
  'Bearer of a change of password': {
    good: ['access token', 'access token that may only change the password'],
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
    good: ['access token'],
    takes: async (api, secret) => (await introspect(api, secret)).body.active,
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
    good: ['e-mail change code'],
    takes: (api, code, { codeHolder }) =>
      isOk(api.http.post(`${ACCOUNT}/me/email-change/confirm`, { code }, bearer(codeHolder))),
  },
  'verification of an e-mail': {
    good: ['verification code'],
    takes: (api, code, { codeHolder }) =>
      isOk(api.http.post(`${ACCOUNT}/email-verification/confirm`, { code }, bearer(codeHolder))),
  },
};
