import { ACCOUNT_ENTITIES } from '@app/account';
import { NOTIFICATION_ENTITIES } from '@app/notifications';
import { SESSION_ENTITIES } from '@app/session';
import { openTestDatabase, type TestDatabase } from '../support/database';

type Row = Record<string, unknown>;

const ADA = '00000000-0000-4000-8000-00000000000a';
const BOB = '00000000-0000-4000-8000-00000000000b';
const NOBODY = '00000000-0000-4000-8000-0000000000ff';
const ID = '00000000-0000-4000-8000-000000000001';
const OTHER_ID = '00000000-0000-4000-8000-000000000002';
const HASH = Buffer.from('a digest');
const OTHER_HASH = Buffer.from('another digest');
const SOON = new Date('2100-01-01');
const DELETED = { email: null, deleted_at: SOON };

/** What stands already. */
const STANDING: readonly [table: string, row: Row][] = [
  ['account', { id: ADA, email: 'ada@example.com' }],
  ['account', { id: BOB, email: 'bob@example.com' }],
  ['email_claim', { email: 'ada@example.com', account_id: ADA }],
  ['pending_email_change', pending({ account_id: ADA, id: ID, cancel_token_hash: HASH })],
  ['reset_token', { account_id: ADA, token_hash: HASH, credential_version: 1, expires_at: SOON }],
  ['undo_token', undo({ id: ID, token_hash: HASH })],
  ['not_me_token', notMe({ token_hash: HASH })],
  ['session', session({ id: ID, handle_hash: HASH })],
  ['refresh_token', { token_hash: HASH, session_id: ID }],
  ['api_key', { id: ID, account_id: ADA, key_hash: HASH }],
  ['service_client', { id: 'service', name: 'a service', scopes: [] }],
  ['service_client_secret', { id: ID, client_id: 'service', secret_hash: HASH }],
  ['outbox_message', { id: ID, requester: '{}', events: '[]' }],
  ['outbox_delivery', delivery({ id: ID, target: 'ada@example.com' })],
];

/** A row that a table takes, and what to change in it so that it refuses, and by which rule. */
const REFUSED: readonly [why: string, table: string, good: Row, change: Row, rule: string][] = [
  ['two accounts with one address', 'account', account(), { email: 'ada@example.com' }, 'account_email_key'],
  ['an account without an address', 'account', account(), { email: null }, 'account_check'],
  ['a tombstone with an address', 'account', account(DELETED), { email: 'x@example.com' }, 'account_check'],
  ['a tombstone with a password', 'account', account(DELETED), { password_hash: 'hash' }, 'account_check1'],
  ['a tombstone with a name', 'account', account(DELETED), { display_name: 'Ada' }, 'account_check1'],
  ['an organisation without a role', 'account', account(), { organisation_id: 'org' }, 'account_check2'],
  ['an unknown plan', 'account', account(), { plan: 'GOLD' }, 'account_plan_check'],
  ['a text that is no language', 'account', account(), { locale: '../en' }, 'account_locale_check'],
  ['a version below one', 'account', account(), { credential_version: 0 }, 'account_credential_version_check'],
  ['an account that is neither disabled nor not', 'account', account(), { disabled: null }, 'disabled'],
  ['two holders of one address', 'email_claim', claim(), { email: 'ada@example.com' }, 'email_claim_pkey'],
  ['an address that nobody holds', 'email_claim', claim(), { account_id: NOBODY }, 'email_claim_account_id_fkey'],
  [
    'two pending changes of one account',
    'pending_email_change',
    pending(),
    { account_id: ADA },
    'pending_email_change_pkey',
  ],
  ['a pending change without an end', 'pending_email_change', pending(), { expires_at: null }, 'expires_at'],
  ['two reset links of one account', 'reset_token', reset(), { account_id: ADA }, 'reset_token_pkey'],
  ['a reset link of nobody', 'reset_token', reset(), { account_id: NOBODY }, 'reset_token_account_id_fkey'],
  ['one undo link twice', 'undo_token', undo(), { token_hash: HASH }, 'undo_token_token_hash_key'],
  ['an undo link of nobody', 'undo_token', undo(), { account_id: NOBODY }, 'undo_token_account_id_fkey'],
  ['one "this was not me" link twice', 'not_me_token', notMe(), { token_hash: HASH }, 'not_me_token_pkey'],
  [
    'a "this was not me" link of nobody',
    'not_me_token',
    notMe(),
    { account_id: NOBODY },
    'not_me_token_account_id_fkey',
  ],
  ['a code of nobody', 'mailed_code', code(), { account_id: NOBODY }, 'mailed_code_account_id_fkey'],
  ['a code without an end', 'mailed_code', code(), { expires_at: null }, 'expires_at'],
  ['one handle of two sessions', 'session', session(), { handle_hash: HASH }, 'session_handle_hash_key'],
  ['a session without an end', 'session', session(), { expires_at: null }, 'expires_at'],
  ['[I7] two live leaves of a refresh family', 'refresh_token', refresh(), { spent_at: null }, 'refresh_token_leaf'],
  [
    'a refresh token of no session',
    'refresh_token',
    refresh(),
    { session_id: NOBODY },
    'refresh_token_session_id_fkey',
  ],
  ['one API key twice', 'api_key', apiKey(), { key_hash: HASH }, 'api_key_key_hash_key'],
  [
    'a secret of no client',
    'service_client_secret',
    secret(),
    { client_id: 'x' },
    'service_client_secret_client_id_fkey',
  ],
  [
    'one delivery twice',
    'outbox_delivery',
    delivery(),
    { target: 'ada@example.com' },
    'outbox_delivery_message_id_consumer_target_key',
  ],
  ['a delivery of no change', 'outbox_delivery', delivery(), { message_id: NOBODY }, 'outbox_delivery_message_id_fkey'],
  [
    'an unknown state of a delivery',
    'outbox_delivery',
    delivery(),
    { status: 'lost', sealed: null },
    'outbox_delivery_status_check',
  ],
  [
    '[S-116] a secret that outlives its delivery',
    'outbox_delivery',
    delivery(),
    { status: 'done' },
    'outbox_delivery_check',
  ],
  ['a budget without tries', 'guess_budget', budget(), { max_tries: 0 }, 'guess_budget_max_tries_check'],
];

describe('the schema', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase([...ACCOUNT_ENTITIES, ...SESSION_ENTITIES, ...NOTIFICATION_ENTITIES]);
    for (const [table, row] of STANDING) await insert(table, row);
  });
  afterAll(() => database.close());

  async function insert(table: string, row: Row): Promise<void> {
    const places = Object.keys(row).map((_column, index) => `$${index + 1}`);
    await database.dataSource.query(
      `INSERT INTO ${table} (${Object.keys(row).join(', ')}) VALUES (${places.join(', ')})`,
      Object.values(row),
    );
  }

  it('is what the entities say of columns, types, defaults and uniqueness', async () => {
    const { upQueries } = await database.dataSource.driver.createSchemaBuilder().log();
    // Checks and indexes are the migrations' alone: the entities don't name them.
    const differences = upQueries.filter(({ query }) => !/DROP INDEX|DROP CONSTRAINT "\w+_check\d?"$/.test(query));
    expect(differences).toEqual([]);
  });

  it('[S-137] keeps every point in time with its zone', async () => {
    const without: unknown = await database.dataSource.query(`
      SELECT table_name, column_name FROM information_schema.columns
      WHERE table_schema = 'public' AND data_type IN ('timestamp without time zone', 'date', 'time without time zone')`);
    expect(without).toEqual([]);
  });

  it.each(REFUSED)('[S-137] refuses %s', async (_why, table, good, change, rule) => {
    // `constraint` names a broken constraint, `column` one that must not be null.
    const error = await insert(table, { ...good, ...change }).catch((refusal: unknown) => refusal);
    const { constraint, column } = error as { constraint?: string; column?: string };
    expect(constraint ?? column).toBe(rule);
  });

  it.each([...new Set(REFUSED.map(([, table]) => table))])('takes a good row of %s', async (table) => {
    const [, , good] = REFUSED.find(([, of]) => of === table) as (typeof REFUSED)[number];
    await expect(insert(table, good)).resolves.toBeUndefined();
  });
});

function account(change: Row = {}): Row {
  return { id: OTHER_ID, email: 'new@example.com', ...change };
}
function claim(): Row {
  return { email: 'new@example.com', account_id: BOB };
}
function pending(change: Row = {}): Row {
  const times = { expires_at: SOON, resend_after: SOON };
  return {
    account_id: BOB,
    id: OTHER_ID,
    new_email: 'x',
    credential_version: 1,
    cancel_token_hash: OTHER_HASH,
    ...times,
    ...change,
  };
}
function reset(): Row {
  return { account_id: BOB, token_hash: OTHER_HASH, credential_version: 1, expires_at: SOON };
}
function undo(change: Row = {}): Row {
  const addresses = { restores_email: 'x', replaced_email: 'y' };
  return { id: OTHER_ID, account_id: ADA, token_hash: OTHER_HASH, ...addresses, expires_at: SOON, ...change };
}
function notMe(change: Row = {}): Row {
  return { token_hash: OTHER_HASH, account_id: ADA, credential_version: 1, expires_at: SOON, ...change };
}
function code(): Row {
  return { id: OTHER_ID, purpose: 'email-change', email: 'x', account_id: ADA, code_hmac: HASH, expires_at: SOON };
}
function session(change: Row = {}): Row {
  const times = { idle_expires_at: SOON, expires_at: SOON };
  return { id: OTHER_ID, account_id: ADA, credential_version: 1, handle_hash: OTHER_HASH, ...times, ...change };
}
function refresh(): Row {
  return { token_hash: OTHER_HASH, session_id: ID, spent_at: SOON };
}
function apiKey(): Row {
  return { id: OTHER_ID, account_id: ADA, key_hash: OTHER_HASH };
}
function secret(): Row {
  return { id: OTHER_ID, client_id: 'service', secret_hash: OTHER_HASH };
}
function delivery(change: Row = {}): Row {
  const consumer = { consumer: 'notifications.send-mail', target: 'bob@example.com', sealed: HASH };
  return { id: OTHER_ID, message_id: ID, ...consumer, ...change };
}
function budget(): Row {
  const limits = { max_tries: 5, window_seconds: 900, max_in_a_row: 100, pause_grows: false };
  return { scope: 'password', key: 'ada', ...limits, window_ends_at: SOON };
}
