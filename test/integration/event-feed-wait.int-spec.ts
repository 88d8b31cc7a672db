import type { DataSource } from 'typeorm';
import { createDataSource } from '../../libs/platform/src/database/data-source';
import { EventFeed } from '../../libs/platform/src/outbox/event-feed';
import { OutboxSignal } from '../../libs/platform/src/outbox/outbox-signal';
import { openTestDatabase, type TestDatabase } from '../support/database';
import { changesOf, NOBODY_LEAVES, readPage, write } from './feed-changes';

describe('the event feed', () => {
  let database: TestDatabase;
  let dataSource: DataSource;
  let signal: OutboxSignal;
  let feed: EventFeed;

  beforeAll(async () => {
    database = await openTestDatabase([]);
    dataSource = database.dataSource;
  });
  beforeEach(async () => {
    await dataSource.query('DELETE FROM outbox_message');
    signal = new OutboxSignal();
    feed = new EventFeed(dataSource, signal);
  });
  afterAll(() => database.close());

  const read = (after?: string, limit?: number) => readPage(feed, after, limit);

  describe('with a wait', () => {
    const WAIT = 30;
    let next: string;
    let looks: { done: number };

    beforeEach(async () => {
      await write(dataSource);
      ({ next } = await read());
      // Time stands still but for the tests' own steps: no poll wakes a reader by chance.
      jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
      looks = countLooks(dataSource);
    });
    afterEach(() => {
      jest.useRealTimers();
      jest.restoreAllMocks();
    });

    function countLooks(source: DataSource): { done: number } {
      const count = { done: 0 };
      const query = source.query.bind(source);
      jest.spyOn(source, 'query').mockImplementation(async (...args: Parameters<DataSource['query']>) => {
        const rows: unknown = await query(...args);
        if (String(args[0]).includes('feed_position >=')) count.done++;
        return rows;
      });
      return count;
    }
    async function untilLooked(times: number, counted = looks): Promise<void> {
      while (counted.done < times) await new Promise(setImmediate);
    }
    const startToRead = (gone = NOBODY_LEAVES) => feed.read({ after: next, limit: 10, waitSeconds: WAIT }, gone);

    it('answers at the signal of a change in this process', async () => {
      const readers = [startToRead(), startToRead()];
      await untilLooked(2);
      const id = await write(dataSource);
      signal.raise();
      for (const page of await Promise.all(readers)) expect(changesOf(page.events)).toEqual([id]);
    });

    it('misses no change that commits while it looks for the first time', async () => {
      const page = startToRead();
      signal.raise();
      await untilLooked(2);
      signal.raise();
      await untilLooked(3);
      const id = await write(dataSource);
      signal.raise();
      expect(changesOf((await page).events)).toEqual([id]);
    });

    it('finds what another process has written, within a second', async () => {
      const page = startToRead();
      await untilLooked(1);
      const id = await write(dataSource);
      jest.advanceTimersByTime(1000);
      expect(changesOf((await page).events)).toEqual([id]);
    });

    it('ends with no events and the same cursor', async () => {
      const page = startToRead();
      await untilLooked(1);
      jest.advanceTimersByTime(WAIT * 1000);
      expect(await page).toEqual({ events: [], next });
    });

    it('ends when the client leaves', async () => {
      const client = new AbortController();
      const page = startToRead(client.signal);
      await untilLooked(1);
      client.abort();
      expect((await page).events).toEqual([]);
      expect(looks.done).toBe(1);
    });

    it('ends at shutdown, and does not begin after it', async () => {
      const page = startToRead();
      await untilLooked(1);
      feed.beforeApplicationShutdown();
      expect((await page).events).toEqual([]);
      expect((await startToRead()).events).toEqual([]);
    });

    it('holds neither a connection nor a transaction', async () => {
      const { url } = database;
      const single = url === undefined ? dataSource : await createDataSource({ url, entities: [], poolSize: 1 });
      const client = new AbortController();
      const looksOfSingle = single === dataSource ? looks : countLooks(single);
      const page = new EventFeed(single, signal).read({ after: next, limit: 10, waitSeconds: WAIT }, client.signal);
      await untilLooked(1, looksOfSingle);
      await expect(single.transaction((manager) => manager.query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
      client.abort();
      expect((await page).events).toEqual([]);
      if (single !== dataSource) await single.destroy();
    });
  });
});
