import { randomUUID } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import type { DomainEvent } from '@app/contracts';
import type { EventFeed } from '../../libs/platform/src/outbox/event-feed';
import type { FeedEvent } from '../../libs/platform/src/outbox/feed-event';
import { TEST_REQUESTER } from '../support/factories';

export const NOBODY_LEAVES = new AbortController().signal;
export const INSERT = 'INSERT INTO outbox_message (id, requester, events) VALUES ($1, $2, $3)';

export const eventOf = (accountId: string, credentialVersion = 1): DomainEvent => ({
  name: 'account.disabled.v1',
  data: { accountId, credentialVersion, recipients: [{ address: 'ada@example.com', locale: 'en', role: 'current' }] },
});

/** A change with one event, or with those given. */
export async function write(
  on: DataSource | QueryRunner,
  events: DomainEvent[] = [eventOf(randomUUID())],
): Promise<string> {
  const id = randomUUID();
  await on.query(INSERT, [id, JSON.stringify(TEST_REQUESTER), JSON.stringify(events)]);
  return id;
}

export const changesOf = (events: readonly FeedEvent[]): string[] => events.map(({ id }) => id.replace(/\.\d+$/, ''));

/** The page behind `after`, without a wait. */
export const readPage = (feed: EventFeed, after?: string, limit = 100) =>
  feed.read({ after, limit, waitSeconds: 0 }, NOBODY_LEAVES);

/** Everything from `after` on, page by page. */
export async function readAll(feed: EventFeed, after?: string): Promise<FeedEvent[]> {
  const { events, next } = await readPage(feed, after, 7);
  return events.length === 0 ? [] : [...events, ...(await readAll(feed, next))];
}

/** A transaction that is under way. */
export async function begun(dataSource: DataSource): Promise<QueryRunner> {
  const runner = dataSource.createQueryRunner();
  await runner.startTransaction();
  return runner;
}
