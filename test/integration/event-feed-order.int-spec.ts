import { randomInt, randomUUID } from 'node:crypto';
import type { DataSource, QueryRunner } from 'typeorm';
import { createDataSource } from '../../libs/platform/src/database/data-source';
import { EventFeed } from '../../libs/platform/src/outbox/event-feed';
import { OutboxSignal } from '../../libs/platform/src/outbox/outbox-signal';
import { databaseKind, openTestDatabase, type TestDatabase } from '../support/database';
import { begun, changesOf, eventOf, NOBODY_LEAVES, readAll, readPage, write } from './feed-changes';

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
  const open = () => begun(dataSource);

  async function commit(runner: QueryRunner): Promise<void> {
    await runner.commitTransaction();
    await runner.release();
  }

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

  if (databaseKind === 'postgres') {
    it('shows a change that commits late to a reader that has read later ones', async () => {
      const early = await open();
      const lateCommit = await write(early);
      const earlyCommit = await write(dataSource);
      const { events, next } = await read();
      expect(changesOf(events)).toEqual([earlyCommit]);
      await commit(early);
      expect(changesOf((await read(next)).events)).toEqual([lateCommit]);
      expect(changesOf(await readAll(feed))).toEqual([earlyCommit, lateCommit]);
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
      expect(changesOf(await readAll(feed))).toEqual([first, second]);
    });

    it('is not held up by a transaction of somebody else that stays open', async () => {
      const foreign = await open();
      await foreign.query('CREATE TABLE foreign_work ()');
      const id = await write(dataSource);
      expect(changesOf((await read()).events)).toEqual([id]);
      await commit(foreign);
    });
  }

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
});
