import { randomUUID } from 'node:crypto';
import { type Budget, EventFeed, GuessBudget, Purger } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { aDelivery, aMessage, MESSAGE_ID, NOBODY_LEAVES, type Row } from './retention-rows';

describe('the purge', () => {
  let api: TestApi;
  let purger: Purger;

  beforeAll(async () => {
    api = await bootApi();
    purger = api.app.get(Purger);
  });
  afterAll(() => api.close());
  beforeEach(() =>
    api.dataSource.query('TRUNCATE account, outbox_message, session, guess_budget, mailbox_message CASCADE'),
  );

  async function insert(table: string, row: Row): Promise<void> {
    const places = Object.keys(row).map((_column, index) => `$${index + 1}`);
    const columns = Object.keys(row).join(', ');
    await api.dataSource.query(`INSERT INTO ${table} (${columns}) VALUES (${places.join(', ')})`, Object.values(row));
  }

  async function countOf(table: string): Promise<number> {
    const [row] = await api.dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table}`);
    return row?.count ?? NaN;
  }

  describe('of guess budgets', () => {
    const BUDGET: Budget = { scope: 'test', key: 'ada', maxTries: 2, windowSeconds: 900, pauseGrows: true };
    const spend = async (budget: Budget): Promise<number> => {
      let granted = 0;
      while ((await api.app.get(GuessBudget).take(budget)).spentScopes.length === 0) granted++;
      return granted;
    };

    it('gives nobody a shorter pause', async () => {
      await spend(BUDGET);
      await api.age('16 minutes');
      await purger.purge();
      await spend(BUDGET);
      expect((await api.app.get(GuessBudget).take(BUDGET)).retryAfterSeconds).toBeGreaterThan(1700);
    });

    it('gives nobody more tries in a row than there are', async () => {
      const hard: Budget = { ...BUDGET, maxInARow: 3 };
      const granted = [];
      for (let n = 0; n < 3; n++) {
        granted.push(await spend(hard));
        await api.age('40 days');
        await purger.purge();
      }
      expect(granted).toEqual([2, 1, 0]);
    });
  });

  describe('of the outbox', () => {
    let feed: EventFeed;
    beforeEach(() => {
      feed = api.app.get(EventFeed);
    });

    const read = (after?: string) => feed.read({ after, limit: 100, waitSeconds: 0 }, NOBODY_LEAVES);
    const write = async (): Promise<string> => {
      const id = randomUUID();
      await insert('outbox_message', aMessage({ id }));
      return id;
    };
    const changes = async () => (await read()).events.map(({ id }) => id.replace('.0', ''));

    it('[S-135] removes a change after 90 days, whether or not anybody has read it, and the newest never', async () => {
      await write();
      const newest = await write();
      await api.age('90 days -60 seconds');
      await purger.purge();
      expect(await countOf('outbox_message')).toBe(2);
      await api.age('1 minute');
      await purger.purge();
      expect(await changes()).toEqual([newest]);
    });

    it('[S-135] removes what is of nobody’s account', async () => {
      await insert('outbox_message', aMessage({ events: '[]' }));
      await api.age('90 days');
      await purger.purge();
      expect(await countOf('outbox_message')).toBe(0);
    });

    it('tells a reader that was away that its place is gone, and never passes over anything', async () => {
      await write();
      const { next } = await read();
      await write();
      await api.age('91 days');
      const young = await write();
      await purger.purge();
      await expect(read(next)).rejects.toMatchObject({ code: 'event-cursor.gone' });
      expect(await changes()).toEqual([young]);
    });

    it('tells a reader that had found the feed empty, too, but not one that comes for the first time', async () => {
      const { next } = await read();
      const first = await write();
      expect((await read(next)).events.map(({ id }) => id)).toEqual([`${first}.0`]);
      await api.age('91 days');
      const young = await write();
      await purger.purge();
      await expect(read(next)).rejects.toMatchObject({ code: 'event-cursor.gone' });
      expect(await changes()).toEqual([young]);
    });

    it('lets a reader that is up to date go on', async () => {
      await write();
      await write();
      const { next } = await read();
      await api.age('91 days');
      await purger.purge();
      expect((await read(next)).events).toEqual([]);
      const later = await write();
      expect((await read(next)).events.map(({ id }) => id)).toEqual([`${later}.0`]);
    });

    it('removes nothing behind a change that must stay', async () => {
      await write();
      await insert('outbox_message', aMessage());
      await insert('outbox_delivery', aDelivery({ status: 'due', finished_at: null }));
      const { next } = await read();
      const unread = await write();
      await write();
      await api.age('91 days');
      await purger.purge();
      expect((await read(next)).events[0]?.id).toBe(`${unread}.0`);
      expect((await changes())[0]).toBe(MESSAGE_ID);
    });

    it('removes a long history in whole stretches, oldest first', async () => {
      const { id, ...rest } = aMessage();
      await api.dataSource.query(
        `INSERT INTO outbox_message (id, ${Object.keys(rest).join(', ')})
         SELECT gen_random_uuid(), $1, $2 FROM generate_series(1, 2500)`,
        Object.values(rest),
      );
      await api.age('91 days');
      await insert('outbox_message', { id, ...rest });
      await purger.purge();
      expect(await changes()).toEqual([id]);
    });
  });
});
