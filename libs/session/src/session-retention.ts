import { removeWhere, type RetentionRule } from '@app/platform';

/** Behind its end, so that no request which found it live meets it gone. Never before: tokens of a deleted account name it. */
const IS_OVER = `expires_at <= now() - interval '1 hour'`;

/** Spent refresh tokens stay as long as their session, to know one that is shown again. They go first, some at a time. */
export const SESSION_RETENTION: readonly RetentionRule[] = [
  removeWhere('refresh_token', `session_id IN (SELECT id FROM session WHERE ${IS_OVER})`),
  removeWhere('revoked_service_token', IS_OVER),
  removeWhere('session', `${IS_OVER} AND NOT EXISTS (SELECT 1 FROM refresh_token t WHERE t.session_id = session.id)`),
];
