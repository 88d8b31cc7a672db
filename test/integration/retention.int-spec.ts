import { randomBytes, randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { accountRetention } from '@app/account';
import { DataSource } from 'typeorm';
import { type Budget, EventFeed, GuessBudget, Purger } from '@app/platform';
import { SESSION_RETENTION } from '@app/session';
import { WorkerModule } from '../../apps/worker/src/worker.module';
import { bootApi, testSettings, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { anAccount, aSession, TEST_REQUESTER } from '../support/factories';

type Row = Record<string, unknown>;

const SESSION_ID = randomUUID();
const MESSAGE_ID = randomUUID();
const NOBODY_LEAVES = new AbortController().signal;

const inTenMinutes = () => new Date(Date.now() + 600_000);

/** Rows as they are when they are new, and after what time they are over; in the order of their dependence. */
const KEPT: readonly [what: string, table: string, row: (accountId: string) => Row, kept: string][] = [
  ['a code', 'mailed_code', (account_id) => aCode({ account_id }), '2 days 10 minutes'],
  [
    'a code that was used or replaced',
    'mailed_code',
    (account_id) => aCode({ account_id, ended_at: new Date() }),
    '2 days',
  ],
  ['a pending change', 'pending_email_change', (account_id) => aPending({ account_id }), '2 days 10 minutes'],
  ['a reset link', 'reset_token', (account_id) => aLink({ account_id, credential_version: 1 }), '2 days 10 minutes'],
  ['an undo link', 'undo_token', (account_id) => anUndo({ account_id }), '10 minutes'],
  [
    'an undo link that was used',
    'undo_token',
    (account_id) => anUndo({ account_id, ended_at: new Date() }),
    '10 minutes',
  ],
  ['a "not me" link', 'not_me_token', (account_id) => aLink({ account_id, credential_version: 1 }), '10 minutes'],
  ['a reserved address', 'email_claim', (account_id) => aClaim({ account_id }), '10 minutes'],
  ['a session', 'session', (account_id) => aSessionRow({ account_id }), '70 minutes'],
  ['a revoked token of a service', 'revoked_service_token', () => aRevokedToken(), '70 minutes'],
  ['an answer to an Idempotency-Key', 'idempotency_key', () => anIdempotencyKey(), '24 hours'],
  ['a budget without a streak', 'guess_budget', () => aBudget(), '10 minutes'],
  [
    'a budget whose pause has grown',
    'guess_budget',
    () => aBudget({ pause_grows: true, lockouts: 3 }),
    '43210 minutes',
  ],
  ['a delivery that is done', 'outbox_delivery', () => aDelivery({ status: 'done' }), '90 days'],
  ['a delivery that is parked', 'outbox_delivery', () => aDelivery({ status: 'parked' }), '90 days'],
  ['a mail in the development mailbox', 'mailbox_message', () => aMail(), '7 days'],
];

const FOR_EVER: readonly [what: string, table: string, row: (accountId: string) => Row][] = [
  ['an address that is in use', 'email_claim', (account_id) => aClaim({ account_id, reserved_until: null })],
  ['failures in a row', 'guess_budget', () => aBudget({ max_in_a_row: 100, in_a_row: 99 })],
  ['a delivery that is due', 'outbox_delivery', () => aDelivery({ status: 'due', finished_at: null })],
  ['what the audit log says', 'audit_event', () => ({ action: 'test', requester: '{}' })],
];

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

  /** A row of its own, alone in its table. */
  async function insertAlone(table: string, rowOf: (accountId: string) => Row): Promise<void> {
    const { id } = await anAccount(api);
    await api.dataSource.query('DELETE FROM email_claim');
    await api.dataSource.query('DELETE FROM audit_event');
    if (table === 'outbox_delivery') await insert('outbox_message', aMessage());
    await insert(table, rowOf(id));
  }

  async function countOf(table: string): Promise<number> {
    const [row] = await api.dataSource.query<{ count: number }[]>(`SELECT count(*)::int AS count FROM ${table}`);
    return row?.count ?? NaN;
  }

  it.each(KEPT)('[S-135] removes %s when it is over, and not a minute earlier', async (_what, table, rowOf, kept) => {
    await insertAlone(table, rowOf);
    await api.age(`${kept} -60 seconds`);
    await purger.purge();
    expect(await countOf(table)).toBe(1);
    await api.age('1 minute');
    await purger.purge();
    expect(await countOf(table)).toBe(0);
  });

  it.each([...accountRetention(testSettings()), ...SESSION_RETENTION])(
    '[S-135] finds what is over by an index, however long $table is',
    async ({ statement }) => {
      await api.dataSource.transaction(async (manager) => {
        await manager.query('SET LOCAL enable_seqscan = off');
        const plan = JSON.stringify(await manager.query(`EXPLAIN ${statement}`));
        expect(plan).toContain('_purge');
        expect(plan).not.toContain('Seq Scan');
      });
    },
  );

  it.each(FOR_EVER)('keeps %s', async (_what, table, rowOf) => {
    await insertAlone(table, rowOf);
    await api.age('10 years');
    await purger.purge();
    expect(await countOf(table)).toBe(1);
  });

  it('[S-135] removes the refresh tokens of a session with it, and spent ones not before', async () => {
    const { id } = await anAccount(api);
    await insert('session', aSessionRow({ account_id: id }));
    await insert('refresh_token', { token_hash: randomBytes(32), session_id: SESSION_ID, spent_at: new Date() });
    await insert('refresh_token', { token_hash: randomBytes(32), session_id: SESSION_ID });
    await api.age('69 minutes');
    await purger.purge();
    expect(await countOf('refresh_token')).toBe(2);
    await api.age('1 minute');
    await purger.purge();
    expect(await countOf('refresh_token')).toBe(0);
    expect(await countOf('session')).toBe(0);
  });

  it('removes more than fit into one statement', async () => {
    const { id } = await anAccount(api);
    await api.dataSource.query(
      `INSERT INTO mailed_code (id, purpose, email, account_id, code_hmac, expires_at)
       SELECT gen_random_uuid(), 'email-change', 'x', $1, '\\x00', now() - interval '2 days' FROM generate_series(1, 2001)`,
      [id],
    );
    await purger.purge();
    expect(await countOf('mailed_code')).toBe(0);
  });

  it('goes on with the rest when one table fails', async () => {
    await insertAlone('mailed_code', (account_id) => aCode({ account_id }));
    await api.age('3 days');
    await api.dataSource.query('ALTER TABLE session RENAME TO hidden_session');
    const told = jest.spyOn(Logger.prototype, 'error').mockReturnValue();
    await purger.purge();
    expect(told).toHaveBeenCalledWith('What is over could not be removed from session: QueryFailedError 42P01');
    told.mockRestore();
    await api.dataSource.query('ALTER TABLE hidden_session RENAME TO session');
    expect(await countOf('mailed_code')).toBe(0);
  });

  if (databaseKind === 'postgres') {
    it('passes over a row that somebody has locked, and waits for nobody', async () => {
      await insertAlone('mailed_code', (account_id) => aCode({ account_id, purpose: 'locked' }));
      await insert('mailed_code', aCode({}));
      await api.age('3 days');
      const other = api.dataSource.createQueryRunner();
      await other.startTransaction();
      await other.query(`SELECT 1 FROM mailed_code WHERE purpose = 'locked' FOR UPDATE`);
      await purger.purge();
      expect(await countOf('mailed_code')).toBe(1);
      await other.rollbackTransaction();
      await other.release();
      await purger.purge();
      expect(await countOf('mailed_code')).toBe(0);
    });
  }

  it('[S-135] is done by a worker, too, in every library', async () => {
    const account = await anAccount(api);
    await aSession(api, account);
    await insert('mailed_code', aCode({ account_id: account.id }));
    await insert('mailbox_message', aMail());
    await api.age('60 days');
    const worker = await Test.createTestingModule({ imports: [WorkerModule.forRoot(testSettings())] })
      .overrideProvider(DataSource)
      .useValue(api.dataSource)
      .compile();
    await worker.get(Purger).purge();
    for (const table of ['session', 'mailed_code', 'mailbox_message']) expect(await countOf(table)).toBe(0);
  });

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

describe('a process that purges', () => {
  let api: TestApi;
  let purger: Purger;
  let start: jest.SpyInstance;

  beforeEach(async () => {
    start = jest.spyOn(Purger.prototype, 'start');
    api = await bootApi();
    purger = api.app.get(Purger);
  });
  afterEach(async () => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    await api.close();
  });

  /** The driver of the database goes on. */
  function stopTimers(): void {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'setImmediate', 'queueMicrotask', 'performance', 'Date'] });
  }

  it('begins after a minute, goes on each hour, and leaves no timer behind [I10]', async () => {
    const purge = jest.spyOn(purger, 'purge').mockResolvedValue();
    stopTimers();
    purger.start();
    await jest.advanceTimersByTimeAsync(59_000);
    expect(purge).not.toHaveBeenCalled();
    await jest.advanceTimersByTimeAsync(1000);
    expect(purge).toHaveBeenCalledTimes(1);
    await jest.advanceTimersByTimeAsync(3_600_000);
    expect(purge).toHaveBeenCalledTimes(2);
    await purger.beforeApplicationShutdown();
    expect(jest.getTimerCount()).toBe(0);
  });

  it('ends with the statement that is under way, and begins no other', async () => {
    let endStatement = () => {};
    jest.spyOn(api.app.get(EventFeed), 'placeAll').mockResolvedValue();
    const query = jest.spyOn(api.dataSource, 'query').mockImplementation(async () => {
      await new Promise<void>((resolve) => (endStatement = resolve));
      return [[], 1];
    });
    stopTimers();
    purger.start();
    await jest.advanceTimersByTimeAsync(60_000);
    const order: string[] = [];
    const stopped = purger.beforeApplicationShutdown().then(() => order.push('stopped'));
    await new Promise((resolve) => setImmediate(resolve));
    order.push('statement ended');
    endStatement();
    await stopped;
    expect(order).toEqual(['statement ended', 'stopped']);
    expect(query).toHaveBeenCalledTimes(1);
    expect(jest.getTimerCount()).toBe(0);
  });

  it('is the one that delivers', async () => {
    expect(start).not.toHaveBeenCalled();
    await (await bootApi({ worker: 'inline' })).close();
    expect(start).toHaveBeenCalledTimes(1);
  });
});

function aCode(change: Row): Row {
  const bound = { purpose: 'email-change', email: 'ada@example.com', code_hmac: randomBytes(32) };
  return { id: randomUUID(), ...bound, expires_at: inTenMinutes(), ...change };
}
function aPending(change: Row): Row {
  const times = { expires_at: inTenMinutes(), resend_after: inTenMinutes() };
  const hash = { cancel_token_hash: randomBytes(32) };
  return { id: randomUUID(), new_email: 'new@example.com', credential_version: 1, ...hash, ...times, ...change };
}
function aLink(change: Row): Row {
  return { token_hash: randomBytes(32), expires_at: inTenMinutes(), ...change };
}
function anUndo(change: Row): Row {
  return aLink({ id: randomUUID(), restores_email: 'old@example.com', replaced_email: 'new@example.com', ...change });
}
function aClaim(change: Row): Row {
  return { email: 'old@example.com', reserved_until: inTenMinutes(), ...change };
}
function aSessionRow(change: Row): Row {
  const times = { idle_expires_at: inTenMinutes(), expires_at: inTenMinutes() };
  return { id: SESSION_ID, credential_version: 1, ...times, ...change };
}
function anIdempotencyKey(): Row {
  const hashes = { key_hash: randomBytes(32), fingerprint: randomBytes(32) };
  return { scope: 'test', ...hashes, lease: randomUUID(), locked_until: new Date() };
}
function aRevokedToken(): Row {
  return { jti: randomUUID(), expires_at: inTenMinutes() };
}
function aBudget(change: Row = {}): Row {
  const limits = { max_tries: 5, window_seconds: 600, max_in_a_row: 2_147_483_647, pause_grows: false };
  return { scope: 'test', key: 'ada', ...limits, window_ends_at: inTenMinutes(), ...change };
}
function aMessage(change: Row = {}): Row {
  const events = [{ name: 'account.disabled.v1', data: { accountId: randomUUID(), recipients: [] } }];
  return { id: MESSAGE_ID, requester: JSON.stringify(TEST_REQUESTER), events: JSON.stringify(events), ...change };
}
function aDelivery(change: Row): Row {
  const consumer = { consumer: 'notifications.send-mail', target: 'ada@example.com' };
  return { id: randomUUID(), message_id: MESSAGE_ID, ...consumer, finished_at: new Date(), ...change };
}
function aMail(): Row {
  const texts = { recipient: 'a', sender: 'b', subject: 'c', text_body: 'd', html_body: 'e', headers: '{}' };
  return { id: randomUUID(), message_id: randomUUID(), ...texts };
}
