// The database answers, but not what was asked for: it is locked, or takes no writes.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { me, newPeople, refresh, serviceToken, signedIn } from '../support/people.mjs';
import { onUrl, serverUrl } from '../support/postgres.mjs';
import { eventually } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { doorsOf, expectBusy } from './support/doors.mjs';

/** Waiting for a connection of the pool takes at most 2 s, then for a lock 3 s (data-source.ts). */
const LIMIT_SECONDS = 2 + 3 + 1;
/** More than the silence after which a server is asked whether it is at work (silent-connection.ts). */
const SLOW_SECONDS = 7;
/** More than the pool has. */
const CROWD = 15;

test('[S-99] [I1] [I4] while the accounts are locked and the pool is used up, doors answer 503 in time and change nothing', async (t) => {
  const { database, replicas } = await startReplicas(t, 1, { connections: 48 });
  const [replica] = replicas;
  const { person, doors } = await everythingOf(replica);
  const crowd = await newPeople(replica, CROWD);
  const before = await contents(database);

  const lock = new pg.Client({ connectionString: database.url });
  await lock.connect();
  await lock.query('BEGIN; LOCK TABLE account IN ACCESS EXCLUSIVE MODE');
  const signIns = crowd.map((each) => replica.ask('POST', '/account/v1/sessions', { body: credentialsOf(each) }));
  const asking = doors.filter(asksForAnAccount);
  assert.ok(asking.length > 15);
  await Promise.all(asking.map((door) => expectBusy(door, LIMIT_SECONDS)));
  for (const answer of await Promise.all(signIns)) assert.equal(answer.status, 503, answer.text);
  await lock.end();
  const { stdout } = replica.output;
  for (const reason of [/busy: QueryFailedError 55P03/, /busy: Error/]) assert.match(stdout, reason);

  assert.deepEqual(await contents(database), before);
  assert.equal((await me(replica, person.tokens.accessToken)).status, 200);
  await signedIn(replica, crowd[0]);
});

test('[S-99] [I1] [I4] while the database takes no writes, reads pass, and changes answer 503 and change nothing', async (t) => {
  const { database, replicas } = await startReplicas(t, 1);
  const [replica] = replicas;
  const { person, doors } = await everythingOf(replica);
  const { accessToken } = person.tokens;
  const before = await contents(database);

  await setReadOnly(database, 'on');
  const [reading, writing] = [doors.filter(reads), doors.filter(writes)];
  assert.deepEqual([reading.length, writing.length], [6, 11]);
  for (const { name, ask } of reading) await eventually(async () => (await ask()).status === 200, name);
  for (const door of writing) await expectBusy(door, 2);
  assert.deepEqual(await contents(database), before);

  await setReadOnly(database, 'off');
  await eventually(
    async () => (await refresh(replica, person.tokens)).status === 200,
    'refresh by the token that was refused',
  );
  await signedIn(replica, person);
  assert.equal((await me(replica, accessToken)).status, 200);
});

test('[S-104] a statement that may take longer than a request is waited for, while tokens are judged', async (t) => {
  const { database, replicas } = await startReplicas(t, 1);
  const [replica] = replicas;
  const { person } = await everythingOf(replica);
  await database.query(
    `CREATE FUNCTION be_slow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(${SLOW_SECONDS}); RETURN NULL; END';
     CREATE TRIGGER slow AFTER UPDATE ON session FOR EACH STATEMENT EXECUTE FUNCTION be_slow()`,
  );
  const service = await serviceToken(replica);
  const everybodyOut = replica.askInternal('POST', '/internal/v1/sessions/revoke', { token: service });
  assert.equal((await me(replica, person.tokens.accessToken)).status, 200);
  const answer = await everybodyOut;
  assert.deepEqual([answer.status, answer.body], [200, { sessionsEnded: 1 }]);
  assert.ok(answer.seconds > SLOW_SECONDS);
  assert.equal((await me(replica, person.tokens.accessToken)).status, 401);
});

async function everythingOf(replica) {
  const [person] = await newPeople(replica, 1);
  person.tokens = await signedIn(replica, person);
  const service = await serviceToken(replica);
  const doors = doorsOf(replica, { person, accessTokens: [person.tokens.accessToken], service });
  return { person, doors };
}

const credentialsOf = ({ email, password }) => ({ email, password });

/** The others need no account: a service's own token, the queue, the health check. */
const asksForAnAccount = ({ name }) => !/oauth|outbox|ready|reset|session-token|internal.v1.sessions/.test(name);

const reads = ({ name }) => / GET /.test(name) && !/ready/.test(name);
const writes = ({ name }) => /PUT|DELETE|revoke|POST .account.v1.sessions|login$|auth$/.test(name);

/** All that says who may come in. */
const contents = async (database) => [
  await database.query('SELECT * FROM account ORDER BY id'),
  await database.query('SELECT * FROM session ORDER BY id'),
  await database.query('SELECT * FROM refresh_token ORDER BY token_hash'),
];

/** Says so to every new connection, and ends the others. */
async function setReadOnly({ name }, value) {
  await onUrl(serverUrl(), `ALTER DATABASE ${name} SET default_transaction_read_only = ${value}`);
  await onUrl(serverUrl(), `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${name}'`);
}
