import { removeWhere, type RetentionRule } from '@app/platform';

const HAS_EXPIRED = 'expires_at <= now()';
const HAS_ENDED = `(ended_at IS NOT NULL OR ${HAS_EXPIRED})`;

/** Accounts themselves are never removed: a deleted one stays as a tombstone. */
export const ACCOUNT_RETENTION: readonly RetentionRule[] = [
  removeWhere('mailed_code', HAS_ENDED),
  removeWhere('pending_email_change', HAS_EXPIRED),
  removeWhere('reset_token', HAS_EXPIRED),
  removeWhere('undo_token', HAS_ENDED),
  removeWhere('email_claim', 'reserved_until <= now()'),
];
