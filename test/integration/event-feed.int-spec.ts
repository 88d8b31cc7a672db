import { randomInt, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DataSource, QueryRunner } from 'typeorm';
import type { DomainEvent } from '@app/contracts';
import { createDataSource } from '../../libs/platform/src/database/data-source';
import { EventFeed } from '../../libs/platform/src/outbox/event-feed';
import type { FeedEvent } from '../../libs/platform/src/outbox/feed-event';
import { OutboxSignal } from '../../libs/platform/src/outbox/outbox-signal';
import { databaseKind, embeddedImage, openTestDatabase, type TestDatabase } from '../support/database';
import { TEST_REQUESTER } from '../support/factories';

const NOBODY_LEAVES = new AbortController().signal;
const INSERT = 'INSERT INTO outbox_message (id, requester, events) VALUES ($1, $2, $3)';

const eventOf = (accountId: string, credentialVersion = 1): DomainEvent => ({
  name: 'account.disabled.v1',
  data: { accountId, credentialVersion, recipients: [{ address: 'ada@example.com', locale: 'en', role: 'current' }] },
});

/** A change with one event, or with those given. */
async function write(on: DataSource | QueryRunner, events: DomainEvent[] = [eventOf(randomUUID())]): Promise<string> {
  const id = randomUUID();
  await on.query(INSERT, [id, JSON.stringify(TEST_REQUESTER), JSON.stringify(events)]);
  return id;
}

const changesOf = (events: readonly FeedEvent[]): string[] => events.map(({ id }) => id.replace(/\.\d+$/, ''));

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

  const read = (after?: string, limit = 100) => feed.read({ after, limit, waitSeconds: 0 }, NOBODY_LEAVES);

  /** Everything from `after` on, page by page. */
  async function readAll(from: EventFeed = feed, after?: string): Promise<FeedEvent[]> {
    const { events, next } = await from.read({ after, limit: 7, waitSeconds: 0 }, NOBODY_LEAVES);
    return events.length === 0 ? [] : [...events, ...(await readAll(from, next))];
  }

  async function open(): Promise<QueryRunner> {
    const runner = dataSource.createQueryRunner();
    await runner.startTransaction();
    return runner;
  }

  async function commit(runner: QueryRunner): Promise<void> {
    await runner.commitTransaction();
    await runner.release();
  }

  it('begins with a cursor from which everything that comes is read', async () => {
    const { events, next } = await read();
    expect(events).toEqual([]);
    const id = await write(dataSource);
    expect(changesOf((await read(next)).events)).toEqual([id]);
  });

  it('shows each event of a change in its order, and goes on in the midst of a change', async () => {
    const [first, second] = [randomUUID(), randomUUID()];
    const id = await write(
      dataSource,
      [1, 2, 3].map((version) => eventOf(first, version)),
    );
    const other = await write(dataSource, [eventOf(second)]);
    const page = await read(undefined, 2);
    const rest = await read(page.next, 2);
    expect([...page.events, ...rest.events].map((event) => event.id)).toEqual([
      `${id}.0`,
      `${id}.1`,
      `${id}.2`,
      `${other}.0`,
    ]);
    expect(page.events.map(({ data }) => data)).toEqual([
      { accountId: first, credentialVersion: 1 },
      { accountId: first, credentialVersion: 2 },
    ]);
    expect((await read(page.events[0]?.cursor)).events).toHaveLength(3);
  });

  it('leaves out what nobody’s account did, recipients, and what only mails need', async () => {
    const accountId = randomUUID();
    const forNobody: DomainEvent = {
      name: 'account.password-reset-requested.v1',
      data: { accountId: null, recipients: [], expiresAt: '2030-01-01T00:00:00Z', onlyWayIn: false },
    };
    const changed: DomainEvent = {
      name: 'account.password-changed.v1',
      data: {
        accountId,
        credentialVersion: 2,
        recipients: [{ address: 'ada@example.com', locale: 'en', role: 'current' }],
        by: 'change',
        keepSessionId: null,
        commonPassword: true,
        apiKeysAlive: 0,
        notMeUntil: null,
      },
    };
    await write(dataSource, [forNobody]);
    const id = await write(dataSource, [forNobody, changed]);
    const { events } = await read();
    expect(events).toEqual([
      {
        id: `${id}.1`,
        cursor: expect.any(String),
        at: expect.any(Date),
        name: 'account.password-changed.v1',
        actor: TEST_REQUESTER.actor,
        cause: { requestId: TEST_REQUESTER.requestId },
        data: { accountId, credentialVersion: 2, by: 'change', keepSessionId: null, apiKeysAlive: 0 },
      },
    ]);
  });

  it('shows each committed change once, in one order for all readers, while 20 write at once [L-12]', async () => {
    const { url } = database;
    const writers = url === undefined ? dataSource : await createDataSource({ url, entities: [], poolSize: 20 });
    const replica = url === undefined ? dataSource : await createDataSource({ url, entities: [], poolSize: 3 });
    const feeds = [feed, new EventFeed(replica, new OutboxSignal()), new EventFeed(replica, new OutboxSignal())];
    // The embedded database has one session, where nothing can overtake.
    const longestHoldMs = databaseKind === 'postgres' ? 30 : 0;
    const committed: string[][] = [];
    let isWriting = true;

    const writeChanges = async (): Promise<void> => {
      const own: string[] = [];
      committed.push(own);
      for (let i = 0; i < 8; i++) {
        const runner = writers.createQueryRunner();
        await runner.startTransaction();
        const id = await write(runner);
        // Holds the transaction open, so that others that began later commit before it.
        await runner.query('SELECT pg_sleep($1)', [longestHoldMs && randomInt(longestHoldMs) / 1000]);
        if (randomInt(4) === 0) await runner.rollbackTransaction();
        else own.push((await runner.commitTransaction(), id));
        await runner.release();
      }
    };
    const follow = async (reader: EventFeed): Promise<string[]> => {
      const seen: string[] = [];
      let next: string | undefined;
      for (;;) {
        const isLast = !isWriting;
        const page = await reader.read({ after: next, limit: randomInt(1, 6), waitSeconds: 0 }, NOBODY_LEAVES);
        seen.push(...changesOf(page.events));
        next = page.next;
        if (isLast && page.events.length === 0) return seen;
      }
    };

    const following = Promise.all(feeds.map(follow));
    await Promise.all(Array.from({ length: 20 }, writeChanges));
    isWriting = false;
    const [seen = [], ...others] = await following;
    if (url !== undefined) await Promise.all([writers.destroy(), replica.destroy()]);

    expect([...seen].sort()).toEqual(committed.flat().sort());
    for (const other of others) expect(other).toEqual(seen);
    for (const own of committed) expect(seen.filter((id) => own.includes(id))).toEqual(own);
  });

  it('never shows a change that was rolled back [L-12]', async () => {
    const runner = await open();
    await write(runner);
    await runner.rollbackTransaction();
    await runner.release();
    const id = await write(dataSource);
    expect(changesOf(await readAll())).toEqual([id]);
  });

  if (databaseKind === 'postgres') {
    it('shows a change that commits late to a reader that has read later ones', async () => {
      const early = await open();
      const lateCommit = await write(early);
      const earlyCommit = await write(dataSource);
      const { events, next } = await read();
      expect(changesOf(events)).toEqual([earlyCommit]);
      await commit(early);
      expect(changesOf((await read(next)).events)).toEqual([lateCommit]);
      expect(changesOf(await readAll())).toEqual([earlyCommit, lateCommit]);
    });

    it('gives a place once, also when two readers find changes at the same moment', async () => {
      await dataSource.query(`
        CREATE FUNCTION stop() RETURNS trigger LANGUAGE plpgsql AS
          'BEGIN PERFORM pg_advisory_xact_lock(1); RETURN NULL; END';
        CREATE TRIGGER stop AFTER UPDATE ON outbox_message FOR EACH ROW EXECUTE FUNCTION stop()`);
      const early = await open();
      const lateCommit = await write(early);
      const earlyCommit = await write(dataSource);
      // The first reader stops in the midst of placing, until the gate opens.
      const gate = await open();
      await gate.query('SELECT pg_advisory_xact_lock(1)');
      const first = read();
      await untilBlocked(1);
      await commit(early);
      const second = read();
      await untilBlocked(2);
      await commit(gate);
      // It may see already what the second one has placed since.
      expect(changesOf((await first).events)[0]).toBe(earlyCommit);
      expect(changesOf((await second).events)).toEqual([earlyCommit, lateCommit]);
      await dataSource.query('DROP FUNCTION stop CASCADE');
    });

    async function untilBlocked(sessions: number): Promise<void> {
      const blocked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await dataSource.query<unknown[]>(blocked)).length < sessions);
    }

    it('keeps the order of an account’s changes, whichever transaction began first', async () => {
      const accountId = randomUUID();
      const beganFirst = await open();
      await beganFirst.query('SELECT pg_current_xact_id()');
      const first = await write(dataSource, [eventOf(accountId, 2)]);
      const second = await write(beganFirst, [eventOf(accountId, 3)]);
      await commit(beganFirst);
      expect(changesOf(await readAll())).toEqual([first, second]);
    });

    it('is not held up by a transaction of somebody else that stays open', async () => {
      const foreign = await open();
      await foreign.query('CREATE TABLE foreign_work ()');
      const id = await write(dataSource);
      expect(changesOf((await read()).events)).toEqual([id]);
      await commit(foreign);
    });
  }

  it('reads a history of any length, oldest first', async () => {
    const history = `INSERT INTO outbox_message (id, requester, events)
      SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, 1200) RETURNING id`;
    const written = await dataSource.query<{ id: string }[]>(history, [
      JSON.stringify(TEST_REQUESTER),
      JSON.stringify([eventOf(randomUUID())]),
    ]);
    const seen: string[] = [];
    for (let page = await read(undefined, 500); page.events.length > 0; page = await read(page.next, 500)) {
      seen.push(...changesOf(page.events));
    }
    expect(seen).toEqual(written.map(({ id }) => id));
  });

  it('finds an event behind thousands that are of nobody’s account', async () => {
    const events = JSON.stringify([{ name: 'account.code-requested.v1', data: { accountId: null, recipients: [] } }]);
    await dataSource.query(
      `INSERT INTO outbox_message (id, requester, events) SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, 2500)`,
      [JSON.stringify(TEST_REQUESTER), events],
    );
    const id = await write(dataSource);
    expect(changesOf((await read()).events)).toEqual([id]);
  });

  it('goes on after a restart where it was', async () => {
    const dataDir = databaseKind === 'embedded' ? mkdtempSync(join(tmpdir(), 'rekey-feed-')) : undefined;
    const start = () =>
      createDataSource({
        url: database.url,
        dataDir,
        template: dataDir === undefined ? undefined : image(),
        entities: [],
      });
    let image: () => Blob | undefined = embeddedImage;
    const before = await start();
    await write(before);
    const { next } = await new EventFeed(before, signal).read({ limit: 1, waitSeconds: 0 }, NOBODY_LEAVES);
    const unread = await write(before);
    await before.destroy();

    image = () => undefined;
    const after = await start();
    expect(changesOf(await readAll(new EventFeed(after, signal), next))).toEqual([unread]);
    await after.destroy();
    if (dataDir !== undefined) rmSync(dataDir, { recursive: true });
  });

  describe('refuses a cursor', () => {
    const forged = (text: string) => Buffer.from(text).toString('base64url');
    it.each([
      ['that is empty', ''],
      ['that is no base64url', '*'],
      ['of other content', forged('hello')],
      ['without a change', forged('1.0.')],
      ['with a sign', forged(`-1.0.${randomUUID()}`)],
      ['with a number that no database holds', forged(`99999999999999999999.0.${randomUUID()}`)],
      ['with an injection', forged(`1.0.${randomUUID()}'; DROP TABLE account`)],
      ['in another spelling', `${forged(`1.0.${randomUUID()}`)}=`],
    ])('%s', async (_what, after) => {
      await expect(read(after)).rejects.toMatchObject({ code: 'event-cursor.invalid' });
    });

    it('of a change that is not there', async () => {
      await write(dataSource);
      await expect(read(forged(`1.0.${randomUUID()}`))).rejects.toMatchObject({ code: 'event-cursor.gone' });
    });

    it('whose change was purged, but not one behind which nothing is missing', async () => {
      await write(dataSource);
      const purged = await read();
      const kept = await write(dataSource);
      const { next } = await read(purged.next);
      await dataSource.query('DELETE FROM outbox_message WHERE id <> $1', [kept]);
      await expect(read(purged.next)).rejects.toMatchObject({ code: 'event-cursor.gone' });
      const id = await write(dataSource);
      expect(changesOf((await read(next)).events)).toEqual([id]);
    });
  });

  describe('after a restore from a backup [I11]', () => {
    const COLUMNS = 'id, sequence, requester, events, recorded_at, feed_position';
    const backUp = () => dataSource.query(`CREATE TABLE backup AS SELECT ${COLUMNS} FROM outbox_message`);
    afterEach(() => dataSource.query('DROP TABLE IF EXISTS backup'));
    async function restore(): Promise<void> {
      await dataSource.query('DELETE FROM outbox_message');
      await dataSource.query(
        `INSERT INTO outbox_message (${COLUMNS}) OVERRIDING SYSTEM VALUE SELECT ${COLUMNS} FROM backup`,
      );
    }

    it('goes on for a reader that had not read past the backup, also with what comes then', async () => {
      await write(dataSource);
      const { next } = await read();
      const backedUp = await write(dataSource);
      await backUp();
      await write(dataSource);
      await restore();
      const later = await write(dataSource);
      expect(changesOf(await readAll(feed, next))).toEqual([backedUp, later]);
    });

    it('tells a reader that is ahead, although other changes have taken the places since', async () => {
      await write(dataSource);
      await backUp();
      await write(dataSource);
      const { next } = await read();
      await restore();
      await expect(read(next)).rejects.toMatchObject({ code: 'event-cursor.gone' });
      await write(dataSource);
      await write(dataSource);
      await read();
      await expect(read(next)).rejects.toMatchObject({ code: 'event-cursor.gone' });
    });

    it('tells a reader whose change was placed anew behind one that it has not seen', async () => {
      const late = await write(dataSource);
      await dataSource.query('UPDATE outbox_message SET events = $1', ['[]']);
      await write(dataSource);
      const { next } = await read();
      // As if the first change had committed late, and the backup had no places yet.
      await dataSource.query('UPDATE outbox_message SET feed_position = NULL');
      await dataSource.query('UPDATE outbox_message SET events = $2 WHERE id = $1', [
        late,
        JSON.stringify([eventOf(randomUUID())]),
      ]);
      await expect(read(next)).rejects.toMatchObject({ code: 'event-cursor.gone' });
    });
  });

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
