import { NO_HARD_STOP } from '../throttling/guess-budget';
import { removeWhere, type RetentionRule } from './retention-rule';

/** For how long the outbox holds what is done: services that follow the event feed may be away for so long. */
const OUTBOX_KEPT = '90 days';
/** For how long one and the same `Idempotency-Key` gives the first answer again. */
const IDEMPOTENCY_KEPT = '24 hours';
/** A pause that grew is forgotten after so much quiet. Going on gives more tries in that time than forgetting does. */
const PAUSE_REMEMBERED = '30 days';

// What is left of a budget whose window is over: failures in a row, until a success, and how far its pause has grown.
const HAS_NO_STREAK = `(max_in_a_row = ${NO_HARD_STOP} OR in_a_row = 0)`;
const HAS_NO_PAUSE = `(NOT pause_grows OR (lockouts = 0 AND tries < max_tries)
  OR window_ends_at <= now() - interval '${PAUSE_REMEMBERED}')`;

// A reader of the feed must never pass over a gap: only what is before everything that stays goes, in whole stretches.
// The newest stays, since the next place is counted from it (docs/adr/0009-event-feed.md).
const REMOVE_PLACED = `
  WITH stays AS (
    SELECT feed_position FROM outbox_message m
    WHERE feed_position > 0 AND (recorded_at > now() - interval '${OUTBOX_KEPT}'
      OR EXISTS (SELECT 1 FROM outbox_delivery d WHERE d.message_id = m.id))
    ORDER BY feed_position LIMIT 1
  ), placed AS (
    SELECT min(feed_position) AS oldest, max(feed_position) AS newest FROM outbox_message WHERE feed_position > 0
  )
  DELETE FROM outbox_message WHERE feed_position > 0
    AND feed_position < (SELECT least((SELECT feed_position FROM stays), newest, oldest + 1000) FROM placed)`;

/** In this order: a change goes after its deliveries. The audit log is no part of it: it is only ever added to. */
export const PLATFORM_RETENTION: readonly RetentionRule[] = [
  removeWhere('outbox_delivery', `status IN ('done', 'parked') AND finished_at <= now() - interval '${OUTBOX_KEPT}'`),
  { table: 'outbox_message', statement: REMOVE_PLACED },
  removeWhere(
    'outbox_message',
    `feed_position = 0 AND recorded_at <= now() - interval '${OUTBOX_KEPT}'
      AND NOT EXISTS (SELECT 1 FROM outbox_delivery d WHERE d.message_id = outbox_message.id)`,
  ),
  removeWhere('idempotency_key', `created_at <= now() - interval '${IDEMPOTENCY_KEPT}'`),
  removeWhere('guess_budget', `window_ends_at <= now() AND ${HAS_NO_STREAK} AND ${HAS_NO_PAUSE}`),
];
