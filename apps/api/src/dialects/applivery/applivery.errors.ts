import type { DialectErrorCode } from '@app/contracts';

export interface AppliveryError {
  status: number;
  code: number;
  message: string;
}

const UNAUTHORIZED = { status: 401, code: 4001, message: 'Unauthorized' };
const NO_AUTH_TOKEN = { status: 401, code: 4002, message: 'No auth token' };
const INVALID_CREDENTIALS = { status: 401, code: 4006, message: 'Invalid Credentials' };
const ENTITY_NOT_FOUND = { status: 404, code: 3001, message: 'Entity not found' };
const BODY_VALIDATION = { status: 400, code: 6002, message: 'Body Validation Error' };
const WEAK_PASSWORD = { status: 400, code: 5057, message: 'Insufficient Password Complexity' };
const CONFLICT = { status: 409, code: 5409, message: 'Conflict, try again' };
const TOO_MANY = { status: 429, code: 4290, message: 'Too many attempts' };
const INTERNAL = { status: 500, code: 1000, message: 'Internal error' };

/** What each error of the catalogue is in this contract. The compiler lists the ones that are missing. */
export const APPLIVERY_ERRORS = {
  'access-token.missing': NO_AUTH_TOKEN,
  'access-token.invalid': UNAUTHORIZED,
  'access-token.restricted': UNAUTHORIZED,
  'account.gone': ENTITY_NOT_FOUND,
  'account.changed-meanwhile': CONFLICT,
  'api-key.invalid': UNAUTHORIZED,
  'body.malformed': BODY_VALIDATION,
  'body.invalid': BODY_VALIDATION,
  'body.too-large': { status: 413, code: 1413, message: 'Body too large' },
  'change.empty': BODY_VALIDATION,
  'code.invalid': BODY_VALIDATION,
  'code.not-sendable': BODY_VALIDATION,
  'code.too-soon': TOO_MANY,
  'credentials.invalid': INVALID_CREDENTIALS,
  'email.invalid': BODY_VALIDATION,
  'email.unavailable': CONFLICT,
  'email.unchanged': BODY_VALIDATION,
  'email-change.not-pending': ENTITY_NOT_FOUND,
  'link.invalid': BODY_VALIDATION,
  'media-type.unsupported': { status: 415, code: 1415, message: 'Unsupported media type' },
  'method.not-allowed': { status: 405, code: 1405, message: 'Method not allowed' },
  'password.current-wrong': { status: 400, code: 5023, message: 'Incorrect old password' },
  'password.too-many-tries': TOO_MANY,
  'password.too-weak': WEAK_PASSWORD,
  'password.unchanged': WEAK_PASSWORD,
  'plan.too-low': UNAUTHORIZED,
  'refresh-token.invalid': UNAUTHORIZED,
  'request.malformed': BODY_VALIDATION,
  'request.too-many': TOO_MANY,
  'route.not-found': { status: 404, code: 1002, message: 'Route not found' },
  'service.busy': { status: 503, code: 1003, message: 'Service busy' },
  'session.not-found': ENTITY_NOT_FOUND,
  'session-token.invalid': UNAUTHORIZED,
  'sign-in.not-fresh': UNAUTHORIZED,
  'transport.insecure': { status: 403, code: 1403, message: 'Use https' },
  unexpected: INTERNAL,
} satisfies Record<DialectErrorCode, AppliveryError>;
