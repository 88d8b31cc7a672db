import { setMaxListeners } from 'node:events';
import { type BeforeApplicationShutdown, Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { FEED_START, type FeedCursor, readCursor, writeCursor } from './feed-cursor';
import { type FeedEvent, feedEvents, OF_MANY_ACCOUNTS, type PlacedChange } from './feed-event';
import { LongPoll } from './long-poll';
import { OutboxSignal } from './outbox-signal';

export interface FeedQuery {
  /** The cursor of the last event that was read; absent: from the beginning. */
  after?: string;
  /** At most so many events. */
  limit: number;
  /** For how long to wait for an event when there is none. */
  waitSeconds: number;
}

export interface FeedPage {
  /** In the order that every reader sees, oldest first. */
  events: FeedEvent[];
  /** Where to go on: `after` itself when nothing has happened since. */
  next: string;
}

/** Any number that nothing else in the database locks. */
const PLACING_LOCK = 7_236_540;
const PLACED_AT_ONCE = 1000;

/**
 * Every committed change's events, each once, in one order. A change gets its place after its commit, from whoever
 * reads first (ADR 0009): a place is never taken before one that a reader may have passed.
 */
@Injectable()
export class EventFeed implements BeforeApplicationShutdown {
  private readonly closing = new AbortController();

  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: OutboxSignal,
  ) {
    // One for each reader that waits.
    setMaxListeners(0, this.closing.signal);
  }

  /**
   * Answers as soon as there is an event; waiting ends when `gone` is aborted, too. Waiting holds no connection.
   * @throws DomainError `event-cursor.invalid`; `event-cursor.gone` when the database no longer has its event, or what
   * came next
   */
  async read({ after, limit, waitSeconds }: FeedQuery, gone: AbortSignal): Promise<FeedPage> {
    const cursor = after === undefined ? null : readCursor(after);
    const poll = new LongPoll(this.signal, waitSeconds, [gone, this.closing.signal]);
    try {
      let events = await this.eventsAfter(cursor, limit);
      while (events.length === 0 && (await poll.isWorthALook())) events = await this.eventsAfter(cursor, limit);
      return { events, next: events.at(-1)?.cursor ?? writeCursor(cursor ?? FEED_START) };
    } finally {
      poll.end();
    }
  }

  /** For a purge. */
  async placeAll(): Promise<void> {
    while ((await this.placeWhatHasCommitted()) === PLACED_AT_ONCE);
  }

  /** Requests under way are waited for, so those that only wait must end first. */
  beforeApplicationShutdown(): void {
    this.closing.abort();
  }

  private async eventsAfter(cursor: FeedCursor | null, limit: number): Promise<FeedEvent[]> {
    for (;;) {
      const placed = await this.placeWhatHasCommitted();
      const events = await this.placedAfter(cursor, limit);
      // A whole batch may be of what is not shown.
      if (events.length > 0 || placed < PLACED_AT_ONCE) return events;
    }
  }

  private async placedAfter(cursor: FeedCursor | null, limit: number): Promise<FeedEvent[]> {
    // One more than asked for: the cursor's own change is read again, to know it by its id and for the rest of it.
    const { position, index } = cursor ?? FEED_START;
    const changes = await this.dataSource.query<PlacedChange[]>(READ, [position, limit + 1]);
    if (cursor) requireNoGap(cursor, changes[0]);
    const events = changes.flatMap((change) => feedEvents(change, change.position === position ? index : undefined));
    return events.slice(0, limit);
  }

  /** How many there were. */
  private async placeWhatHasCommitted(): Promise<number> {
    const unplaced = await this.dataSource.query<unknown[]>(UNPLACED);
    if (unplaced.length === 0) return 0;
    // Read committed: the second statement sees what the lock's last holder has placed.
    return this.dataSource.transaction('READ COMMITTED', async (manager) => {
      await manager.query(`SELECT pg_advisory_xact_lock(${PLACING_LOCK})`);
      const [, count] = await manager.query<[unknown, number]>(PLACE, [PLACED_AT_ONCE, OF_MANY_ACCOUNTS]);
      return count;
    });
  }
}

/** What follows a cursor is there as long as its own change is; behind that of an empty feed, the first one ever. */
function requireNoGap({ position, changeId }: FeedCursor, next: PlacedChange | undefined): void {
  const isWhole = position === FEED_START.position ? !next || next.position === '1' : next?.id === changeId;
  if (!isWhole) throw new DomainError('event-cursor.gone');
}

const READ = `
  SELECT id, feed_position AS position, recorded_at AS at, events,
    requester -> 'actor' AS actor, requester ->> 'requestId' AS "requestId"
  FROM outbox_message WHERE feed_position > 0 AND feed_position >= $1 ORDER BY feed_position LIMIT $2`;

const UNPLACED = 'SELECT 1 FROM outbox_message WHERE feed_position IS NULL ORDER BY sequence LIMIT 1';

// What happened to nobody's account is mostly no business of other services: 0 is no place.
const PLACE = `
  WITH newest AS (
    SELECT coalesce(max(feed_position), 0) AS position FROM outbox_message WHERE feed_position > 0
  ), unplaced AS (
    SELECT id, sequence, EXISTS (
      SELECT FROM jsonb_array_elements(events) event
      WHERE event #>> '{data,accountId}' IS NOT NULL OR event ->> 'name' = ANY ($2)
    ) AS is_shown
    FROM outbox_message WHERE feed_position IS NULL ORDER BY sequence LIMIT $1
  ), placed AS (
    SELECT id, CASE WHEN is_shown
      THEN newest.position + count(*) FILTER (WHERE is_shown) OVER (ORDER BY sequence) ELSE 0 END AS position
    FROM unplaced, newest
  )
  UPDATE outbox_message m SET feed_position = placed.position FROM placed WHERE m.id = placed.id`;
