/**
 * Every error that this service can answer with. `edge`: anything may meet them; `credential`: the
 * use cases; `internal`: only the internal API (of `idempotency-key` the native one, too). A dialect answers
 * for every edge and credential code. `status` is the native API's; a dialect has its own.
 */
export const EDGE_ERRORS = {
  'access-token.missing': { status: 401, title: 'An access token is required.' },
  'access-token.invalid': { status: 401, title: 'The access token is invalid, expired or ended.' },
  'access-token.restricted': {
    status: 403,
    title: 'This access token may only change the password. Change it and sign in again.',
  },
  'account.gone': { status: 404, title: 'The account no longer exists.' },
  'body.malformed': { status: 400, title: 'The body is malformed, not in UTF-8, or has a name twice.' },
  'body.invalid': { status: 422, title: 'Some fields are missing, unknown or not of the documented form.' },
  'body.too-large': { status: 413, title: 'The body is too large.' },
  'media-type.unsupported': { status: 415, title: 'This path takes no body of this media type.' },
  'method.not-allowed': { status: 405, title: 'This path does not know this method.' },
  'request.malformed': { status: 400, title: 'The request is not well-formed.' },
  'request.too-many': { status: 429, title: 'Too many requests. Try again later.' },
  'route.not-found': { status: 404, title: 'There is nothing at this path.' },
  'service.busy': { status: 503, title: 'The service is busy or its database cannot be reached. Try again soon.' },
  'transport.insecure': { status: 403, title: 'This service is spoken to over https only.' },
  unexpected: { status: 500, title: 'Something went wrong on our side. Nothing was changed by this answer.' },
} as const;

export const CREDENTIAL_ERRORS = {
  'account.changed-meanwhile': {
    status: 409,
    title: 'The account was changed at the same time. Read it again and retry.',
  },
  'api-key.invalid': { status: 401, title: 'The API key is missing or invalid.' },
  'change.empty': { status: 422, title: 'Nothing to change was given.' },
  'code.invalid': { status: 422, title: 'The code is wrong, used or expired.' },
  'code.not-sendable': { status: 422, title: 'A code for this purpose cannot be sent.' },
  'code.too-soon': { status: 429, title: 'A code was sent a moment ago. Wait before asking for another one.' },
  'credentials.invalid': { status: 401, title: 'The e-mail address or the password is wrong.' },
  'email.invalid': { status: 422, title: 'This is not an e-mail address that we accept.' },
  'email.unavailable': { status: 409, title: 'This e-mail address cannot be used.' },
  'email.unchanged': { status: 422, title: 'This is the address that the account has already.' },
  'email-change.not-pending': { status: 404, title: 'No e-mail change is pending.' },
  'link.invalid': { status: 422, title: 'This link is wrong, used or expired.' },
  'password.current-wrong': { status: 422, title: 'The current password is wrong.' },
  'password.too-many-tries': { status: 429, title: 'Too many wrong passwords. Try again later.' },
  'password.too-weak': { status: 422, title: 'The new password does not meet the policy.' },
  'password.unchanged': { status: 422, title: 'The new password is the one that the account has already.' },
  'plan.too-low': { status: 403, title: 'The plan of this account does not include this.' },
  'refresh-token.invalid': { status: 401, title: 'The refresh token is wrong, spent or ended.' },
  'session.not-found': { status: 404, title: 'There is no such session.' },
  'session-token.invalid': { status: 401, title: 'The session token is invalid or expired.' },
  'sign-in.not-fresh': { status: 403, title: 'This needs a recent sign-in. Sign in again first.' },
} as const;

export const INTERNAL_ERRORS = {
  'account.not-found': { status: 404, title: 'There is no such account.' },
  'api-key.not-found': { status: 404, title: 'There is no such API key.' },
  'application.not-found': { status: 404, title: 'There is no such application.' },
  'delivery.not-found': { status: 404, title: 'There is no such parked delivery.' },
  'event-cursor.gone': {
    status: 410,
    title: 'The event of this cursor is no longer kept, or was lost by a restore. Read from the beginning again.',
  },
  'event-cursor.invalid': { status: 422, title: 'This is no cursor of the event feed.' },
  'grant-type.unsupported': { status: 400, title: 'Only the grant type client_credentials is supported.' },
  'idempotency-key.in-flight': { status: 409, title: 'The first request with this Idempotency-Key is still running.' },
  'idempotency-key.malformed': {
    status: 400,
    title: 'The Idempotency-Key must be 1 to 255 printable ASCII characters.',
  },
  'idempotency-key.reused': { status: 422, title: 'This Idempotency-Key was used with another body.' },
  'password-hash.unsupported': {
    status: 422,
    title: 'Only bcrypt hashes ($2a$, $2b$, $2y$) of cost 4 to BCRYPT_COST are accepted.',
  },
  'password-reset.not-sendable': {
    status: 409,
    title:
      'No reset can be mailed: the account is disabled, or its address is not proved and its change can be undone.',
  },
  'scope.invalid': { status: 400, title: 'A requested scope is unknown or not granted to this service client.' },
  'scope.missing': { status: 403, title: 'This service client lacks the scope that this needs.' },
  'service-client.invalid': { status: 401, title: 'The service client is unknown or its secret is wrong.' },
  'service-client.not-found': { status: 404, title: 'There is no such service client.' },
  'token.not-own': { status: 400, title: 'This token was given to another service client, which alone can revoke it.' },
} as const;

export const ERROR_CATALOGUE = Object.freeze({ ...EDGE_ERRORS, ...CREDENTIAL_ERRORS, ...INTERNAL_ERRORS });

export type EdgeErrorCode = keyof typeof EDGE_ERRORS;
export type CredentialErrorCode = keyof typeof CREDENTIAL_ERRORS;
export type InternalErrorCode = keyof typeof INTERNAL_ERRORS;
export type ErrorCode = EdgeErrorCode | CredentialErrorCode | InternalErrorCode;
/** The codes that every dialect has an answer for. */
export type DialectErrorCode = EdgeErrorCode | CredentialErrorCode;
