import { DEVICE_HEADERS } from '../support/device-headers';

/** The routes that the global guard lets pass, by what proves who asks there. Who adds one says here what it is. */
export const OPEN_ROUTES = {
  'an access token, by a guard of its own': [
    'DELETE /account/v1/sessions/current',
    'GET /api/user/v1/get',
    'GET /v1/users/profile',
    'POST /api/user/v1/update',
    'POST /api/v2/sdk/profile/update-email',
    'POST /api/v2/sdk/pwd/change',
    'POST /v1/users/:userId/change-password',
    'POST /v1/users/profile/change-password',
    'PUT /api/user/v1/update',
  ],
  'a password': ['POST /account/v1/sessions', 'POST /api/v2/sdk/login', 'POST /v1/auth/login'],
  'a mailed code': ['POST /api/v2/sdk/pwd/update-by-email', 'POST /email-verification'],
  'a mailed link of 256 bits': [
    'GET /email-change/cancel/:token',
    'GET /email-change/undo/:token',
    'GET /not-me/:token',
    'GET /password-reset/:token',
    'POST /account/v1/email-change/cancel',
    'POST /account/v1/email-change/undo',
    'POST /account/v1/not-me',
    'POST /account/v1/password-reset/confirm',
    'POST /email-change/cancel',
    'POST /email-change/undo',
    'POST /not-me',
    'POST /password-reset/confirm',
  ],
  'a secret of 256 bits': [
    'POST /account/v1/sessions/refresh',
    'POST /api/user/v1/auth',
    'POST /api/v2/sdk/sso/session-token/id-token',
    'POST /oauth2/token',
    'POST /v1/auth/refresh',
  ],
  'nothing, for it opens nothing': [
    'DELETE /dev/mailbox/messages',
    'GET /.well-known/change-password',
    'GET /.well-known/jwks.json',
    'GET /.well-known/oauth-authorization-server',
    'GET /account/v1/password-policy',
    'GET /api/v1/oauth2/keys',
    'GET /dev/mailbox',
    'GET /dev/mailbox/messages',
    'GET /email-change/cancel',
    'GET /email-change/undo',
    'GET /email-verification',
    'GET /health/live',
    'GET /health/ready',
    'GET /metrics',
    'GET /not-me',
    'GET /pages/style.css',
    'GET /password-reset',
    'GET /problems/:code',
    'POST /account/v1/password-reset',
    'POST /api/v2/sdk/email/send',
    'POST /password-reset',
  ],
};

const email = 'nobody@example.com';
const password = 'not the password at all';

/** A wrong guess at each door where a person could guess. */
export const GUESSES: Record<string, { headers?: Record<string, string>; payload: object | string }> = {
  'POST /account/v1/sessions': { payload: { email, password } },
  'POST /api/v2/sdk/login': { headers: DEVICE_HEADERS, payload: { user_name: email, password } },
  'POST /v1/auth/login': { payload: { provider: 'traditional', payload: { email, password } } },
  'POST /api/v2/sdk/pwd/update-by-email': {
    headers: DEVICE_HEADERS,
    payload: { email, verify_code: '000000', password },
  },
  'POST /email-verification': {
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: `email=${encodeURIComponent(email)}&code=000000`,
  },
};
