import assert from 'node:assert/strict';
import { test } from 'node:test';
import { expected, me, newPeople, refresh, serviceToken, signedIn } from '../support/people.mjs';
import { secondsSince } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { newTally } from './support/rounds.mjs';

const [PEOPLE, SESSIONS] = [100, 10_000];

test(`[S-104] ${SESSIONS} sessions of ${PEOPLE} people end by one request, and none is accepted after its answer`, async (t) => {
  const { database, replicas } = await startReplicas(t, 2, { connections: 32 });
  const [a, b] = replicas;
  const [service, people] = [await serviceToken(a), await newPeople(a, PEOPLE)];
  const held = await Promise.all([...people, ...people].map((person, index) => signedIn(replicas[index % 2], person)));
  // The others as rows alone: it takes a minute to sign in so often.
  await database.query(
    `INSERT INTO session (id, account_id, credential_version, idle_expires_at, expires_at)
     SELECT gen_random_uuid(), account_id, credential_version, idle_expires_at, expires_at
     FROM session CROSS JOIN generate_series(1, $1)`,
    [SESSIONS / held.length - 1],
  );
  assert.equal(await liveSessions(database), SESSIONS);

  const tally = newTally();
  const underWay = held.map(({ accessToken }) => tally.answer('under way', me(b, accessToken)));
  const from = performance.now();
  const answer = await a.askInternal('POST', '/internal/v1/sessions/revoke', { token: service });
  t.diagnostic(`all of them ended after ${secondsSince(from)} s`);
  const asked = held.flatMap(({ accessToken }) => replicas.map((each) => tally.answer('old', me(each, accessToken))));
  asked.push(...held.map((tokens) => tally.answer('old refresh', refresh(b, tokens))));
  await Promise.all([...asked, ...underWay]);

  assert.deepEqual(expected(answer, 200), { sessionsEnded: SESSIONS });
  assert.equal(await liveSessions(database), 0);
  t.diagnostic(JSON.stringify(tally.counts));
  assert.deepEqual(tally.counts.old, { 401: 2 * held.length });
  assert.deepEqual(tally.counts['old refresh'], { 401: held.length });
  assert.equal((await me(b, (await signedIn(a, people[0])).accessToken)).status, 200);
});

async function liveSessions(database) {
  const [{ count }] = await database.query('SELECT count(*)::int AS count FROM live_session WHERE live');
  return count;
}
