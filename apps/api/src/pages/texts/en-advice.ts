import type { ErrorCode } from '@app/contracts';

/** What a caller can do about each error. */
export const enAdvice: Record<ErrorCode, string> = {
  'access-token.missing': 'Sign in and send the access token with the request.',
  'access-token.invalid':
    'Refresh the session, or sign in again. Every change of a password or e-mail ends older tokens.',
  'access-token.restricted': 'Change the password with this token, then sign in with the new one.',
  'account.gone': 'The account was deleted. Forget its tokens.',
  'body.malformed': 'Send one well-formed body: no duplicate keys, at most 32 levels, nothing but UTF-8.',
  'body.invalid': '"errors" names each field that is missing, unknown or of the wrong form. Correct those.',
  'body.too-large': 'Send less. No route of this service needs a large body.',
  'media-type.unsupported': 'Send the media type that the route is documented with, in UTF-8.',
  'method.not-allowed': 'The Allow header names the methods that this path knows.',
  'request.malformed': 'Check the request line, the path and the headers that your program makes.',
  'request.too-many': 'Wait as long as the Retry-After header says, then ask less often.',
  'route.not-found': 'Check the path against the documentation, and whether it is the right listener.',
  'service.busy': 'Wait as long as the Retry-After header says and send the same request again. Nothing has changed.',
  'transport.insecure': 'Use https. Treat what was sent over plain http as known to others.',
  unexpected: 'Try again later. If it stays, tell the operator the request id.',

  'account.changed-meanwhile':
    'Another change came first. Read the account again, and repeat yours if it still makes sense.',
  'api-key.invalid': 'Check the key; it may have been revoked or rotated.',
  'change.empty': 'Send at least one thing to change.',
  'code.invalid': 'Type the newest code again. After a few wrong ones wait, and ask for a new code.',
  'code.not-sendable': 'Ask for a code of a purpose that the documentation lists for this caller.',
  'code.too-soon': 'Use the code that was sent, or wait as long as the Retry-After header says.',
  'credentials.invalid': 'Check both, or reset the password. It is not said which of them is wrong.',
  'email.invalid': 'Send one plain address of the form name@example.com, without a display name or comments.',
  'email.unavailable': 'Choose another address.',
  'email.unchanged': 'Nothing is to be done: the account has this address, in whatever spelling.',
  'email-change.not-pending':
    'It was confirmed, cancelled or replaced, or has expired. Start a new change if it is still wanted.',
  'link.invalid': 'Open the link of the newest mail, or ask for a new one.',
  'password.current-wrong': 'Type the current password again, or reset it.',
  'password.too-many-tries':
    'Wait as long as the Retry-After header says, or reset the password. Without that header only a reset helps.',
  'password.too-weak': '"reasons" says why. GET /account/v1/password-policy describes what is accepted.',
  'password.unchanged': 'Choose a password that differs from the current one.',
  'plan.too-low': 'Move the account to a higher plan first.',
  'refresh-token.invalid': 'Sign in again. A refresh token works once; a spent one ends its whole family.',
  'session.not-found': 'Read the list of sessions again: this one has ended or is not yours.',
  'session-token.invalid': 'Sign in again.',
  'sign-in.not-fresh': 'Sign in again with the password, then repeat the request.',

  'account.not-found': 'Check the id or the address.',
  'api-key.not-found': 'List the keys again: this one was revoked or never was.',
  'application.not-found': 'List the applications again.',
  'delivery.not-found': 'It was delivered or retried already. List the parked deliveries again.',
  'event-cursor.gone':
    'Read the feed from the beginning, passing over events whose id is known, and compare what depends on it.',
  'event-cursor.invalid': 'Send after as it came in next or in the cursor of an event, unchanged.',
  'grant-type.unsupported': 'Send grant_type=client_credentials.',
  'idempotency-key.in-flight': 'Wait for the first answer, or repeat the request a little later.',
  'idempotency-key.malformed': 'Send 1 to 255 printable ASCII characters, for example a UUID.',
  'idempotency-key.reused': 'Use a new key for a new body.',
  'password-hash.unsupported':
    'Send a bcrypt hash, raise BCRYPT_COST to its cost, or let the person reset the password.',
  'password-reset.not-sendable': 'Enable the account, or wait until its change of address can no longer be undone.',
  'scope.invalid': 'Ask only for scopes that this service client has.',
  'scope.missing': 'Ask for a token with the scope that the documentation names for the route.',
  'service-client.invalid': 'Check the id and the secret; it may have been rotated.',
  'service-client.not-found': 'List the service clients again.',
  'token.not-own': 'Let the service that the token was given to revoke it, or revoke that service client.',
};
