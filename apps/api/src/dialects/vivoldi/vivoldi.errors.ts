import type { DialectErrorCode } from '@app/contracts';

export interface VivoldiError {
  /** A business error is an HTTP success: `code` alone tells (the vendor's error pages). */
  status: number;
  code: number;
  message: string;
}

const business = (code: number, message: string): VivoldiError => ({ status: 200, code, message });

const CHANGE_EMPTY = business(1001, 'Give eml, pwd or both.');
const BODY_MALFORMED = business(1002, 'The body must be a JSON object in UTF-8 without duplicate keys.');
const TOKEN_MISSING = business(1101, 'The header X-Access-Token is missing.');
const TOKEN_INVALID = business(
  1102,
  'The access token is invalid, expired or ended. Call the Authentication API again.',
);
const NOT_FRESH = business(1103, 'This sign-in is too old to change e-mail or password. Sign in again and retry.');
const API_KEY_INVALID = business(1104, 'The API key is missing or invalid.');
const PLAN_TOO_LOW = business(1201, 'This API is available on the Personal plan or higher.');
const EMAIL_INVALID = business(2001, 'The e-mail address is not valid.');
const EMAIL_UNAVAILABLE = business(2002, 'This e-mail address is not available.');
const PASSWORD_FORM = business(2101, 'The password must be 6–30 characters long and contain letters and numbers.');
const PASSWORD_REFUSED = business(2102, 'The password must not equal the e-mail address, nor be a well-known one.');
const PASSWORD_UNCHANGED = business(2103, 'The new password is the current one.');
const CHANGED_MEANWHILE = business(4001, 'The account was changed at the same time. Try again.');

const REQUEST_MALFORMED = { status: 400, code: 1002, message: 'The request is not well-formed.' };
const INSECURE = { status: 403, code: 4031, message: 'Use https.' };
const ROUTE_NOT_FOUND = { status: 404, code: 4041, message: 'There is no such API.' };
const METHOD_NOT_ALLOWED = { status: 405, code: 4051, message: 'This API does not know this method.' };
const TOO_LARGE = { status: 413, code: 4131, message: 'The body is too large.' };
const MEDIA_TYPE = { status: 415, code: 4151, message: 'The body must be sent as application/json.' };
const TOO_MANY = { status: 429, code: 4291, message: 'Too many requests. Try again later.' };
const UNEXPECTED = { status: 500, code: 5000, message: 'Something went wrong. Nothing was changed.' };
const BUSY = { status: 503, code: 5031, message: 'The service is busy. Try again soon.' };

/** A field that breaks its form, by its name. */
export const FIELD_ERRORS: Partial<Record<string, VivoldiError>> = { eml: EMAIL_INVALID, pwd: PASSWORD_FORM };

/** What each error of the catalogue is in this contract. The compiler lists the ones that are missing. */
export const VIVOLDI_ERRORS = {
  'access-token.missing': TOKEN_MISSING,
  'access-token.invalid': TOKEN_INVALID,
  'access-token.restricted': TOKEN_INVALID,
  'account.gone': TOKEN_INVALID,
  'account.changed-meanwhile': CHANGED_MEANWHILE,
  'api-key.invalid': API_KEY_INVALID,
  'body.malformed': BODY_MALFORMED,
  'body.invalid': BODY_MALFORMED,
  'body.too-large': TOO_LARGE,
  'change.empty': CHANGE_EMPTY,
  'code.invalid': UNEXPECTED,
  'code.not-sendable': UNEXPECTED,
  'code.too-soon': TOO_MANY,
  'credentials.invalid': UNEXPECTED,
  'email.invalid': EMAIL_INVALID,
  'email.unavailable': EMAIL_UNAVAILABLE,
  'email.unchanged': EMAIL_INVALID,
  'email-change.not-pending': UNEXPECTED,
  'link.invalid': UNEXPECTED,
  'media-type.unsupported': MEDIA_TYPE,
  'method.not-allowed': METHOD_NOT_ALLOWED,
  'password.current-wrong': UNEXPECTED,
  'password.too-many-tries': TOO_MANY,
  // Its form was judged with the body (FIELD_ERRORS): what is left are the passwords that it may not equal.
  'password.too-weak': PASSWORD_REFUSED,
  'password.unchanged': PASSWORD_UNCHANGED,
  'plan.too-low': PLAN_TOO_LOW,
  'refresh-token.invalid': UNEXPECTED,
  'request.malformed': REQUEST_MALFORMED,
  'request.too-many': TOO_MANY,
  'route.not-found': ROUTE_NOT_FOUND,
  'service.busy': BUSY,
  'session.not-found': UNEXPECTED,
  'session-token.invalid': UNEXPECTED,
  'sign-in.not-fresh': NOT_FRESH,
  'transport.insecure': INSECURE,
  unexpected: UNEXPECTED,
} satisfies Record<DialectErrorCode, VivoldiError>;
