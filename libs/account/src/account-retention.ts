import { removeWhere, type RetentionRule, type Settings } from '@app/platform';
import { passwordHistoryRetention } from './password-history';

const HAS_EXPIRED = 'expires_at <= now()';
/** A mail that leaves late gives what it carries its life anew; it is tried for little more than a day. */
const HAS_LONG_EXPIRED = `expires_at <= now() - interval '2 days'`;
/** By whichever comes first, as the index has it. What has not been used has no `ended_at`. */
const HAS_LONG_ENDED = `least(ended_at, expires_at) <= now() - interval '2 days'`;

/** Accounts themselves are never removed: a deleted one stays as a tombstone. */
export const accountRetention = (settings: Settings): readonly RetentionRule[] => [
  removeWhere('mailed_code', HAS_LONG_ENDED),
  removeWhere('pending_email_change', HAS_LONG_EXPIRED),
  removeWhere('reset_token', HAS_LONG_EXPIRED),
  removeWhere('not_me_token', HAS_EXPIRED),
  // One that was used goes on keeping its addresses off the account.
  removeWhere('undo_token', HAS_EXPIRED),
  removeWhere('email_claim', 'reserved_until <= now()'),
  passwordHistoryRetention(settings),
];
