import { randomBytes } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { Test } from '@nestjs/testing';
import { accountRetention } from '@app/account';
import { DataSource } from 'typeorm';
import { Purger } from '@app/platform';
import { SESSION_RETENTION } from '@app/session';
import { WorkerModule } from '../../apps/worker/src/worker.module';
import { bootApi, testSettings, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { anAccount, aSession } from '../support/factories';
import {
  aBudget,
  aClaim,
  aCode,
  aDelivery,
  aLink,
  aMail,
  aMessage,
  anIdempotencyKey,
  anUndo,
  aPending,
  aRevokedToken,
  aSessionRow,
  type Row,
  SESSION_ID,
} from './retention-rows';

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
});
