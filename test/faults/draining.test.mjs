import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { changePassword, me, newPassword, newPeople, signedIn } from '../support/people.mjs';
import { eventually, stop } from '../support/processes.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';

test('[K14] [I1] [I4] SIGTERM: each change under way is answered 200 and stands, or 503 and nothing has changed', async (t) => {
  const { database, env, replicas } = await startReplicas(t, 1);
  const [replica] = replicas;
  const people = await newPeople(replica, 8);
  for (const person of people) person.tokens = await signedIn(replica, person);
  const [lucky, unlucky] = [people.slice(0, 4), people.slice(4)];
  const [released, kept] = [await holding(database, lucky), await holding(database, unlucky)];

  const answers = people.map((person) => {
    person.next = newPassword();
    return changePassword(replica, person.tokens.accessToken, person.password, person.next);
  });
  await eventually(async () => (await waitingForLocks(database)) === people.length, 'changes that wait');
  const ended = stop(replica);
  await eventually(() => refusesConnections(replica), 'closed door');
  await released.end();
  const statuses = (await Promise.all(answers)).map(({ status }) => status);
  const { seconds, code } = await ended;
  await kept.end();

  assert.deepEqual(statuses, [200, 200, 200, 200, 503, 503, 503, 503]);
  assert.equal(code, 0);
  assert.ok(seconds < 10, `it took ${seconds} s`);
  const next = await startReplica(env, { earlier: replica });
  for (const { email, password, next: newest } of lucky)
    await expectPassword(next, { email, right: newest, wrong: password });
  for (const { email, password, next: newest } of unlucky)
    await expectPassword(next, { email, right: password, wrong: newest });
  for (const { tokens } of lucky) assert.equal((await me(next, tokens.accessToken)).status, 401);
  for (const { tokens } of unlucky) assert.equal((await me(next, tokens.accessToken)).status, 200);
});

/** A connection that holds these people's accounts until it ends. */
async function holding({ url }, people) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query('BEGIN');
  await client.query('SELECT 1 FROM account WHERE id = ANY($1) FOR UPDATE', [people.map(({ id }) => id)]);
  return client;
}

async function waitingForLocks(database) {
  const [{ count }] = await database.query(
    `SELECT count(*)::int AS count FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`,
  );
  return count;
}

const refusesConnections = ({ port }) =>
  fetch(`http://127.0.0.1:${port}/health/live`).then(
    () => false,
    () => true,
  );

async function expectPassword(replica, { email, right, wrong }) {
  const signIn = async (password) =>
    (await replica.ask('POST', '/account/v1/sessions', { body: { email, password } })).status;
  assert.deepEqual([await signIn(right), await signIn(wrong)], [201, 401]);
}
