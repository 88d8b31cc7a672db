// Fail closed: who can't ask the database takes nothing and refuses nothing. A PostgreSQL of our own, which is stopped.
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { changePassword, expected, me, newPassword, newPeople, serviceToken, signedIn } from '../support/people.mjs';
import { newDatabase } from '../support/postgres.mjs';
import { eventually, secondsSince } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { doorsOf, expectBusy } from './support/doors.mjs';
import { newServer } from './support/postgres-server.mjs';
import { startProxy } from './support/proxy.mjs';

/** A new connection may take 2 s (CONNECT_TIMEOUT_MS), an answer on an old one 5.5 s more (SILENCE_MS). */
const [CONNECT_SECONDS, SILENCE_SECONDS] = [2, 5.5];
const MARGIN_SECONDS = 1;

describe('without a database', () => {
  let server;

  before(async () => (server = await newServer()));
  after(() => server.remove());

  test('[S-99] [I1] [I3] [I4] while PostgreSQL is down every door answers 503 at once, and no change is half done', async (t) => {
    const { replicas } = await startReplicas(t, 2, { database: await newDatabase(server.url) });
    const { dead, live, doors } = await everything(replicas);
    const people = await newPeople(replicas[0], 8);
    for (const person of people) person.tokens = await signedIn(replicas[0], person);

    const [busy, untilLost] = [new Set(), people.map((person) => changeUntilLost(person, replicas[0]))];
    await eventually(() => people.every(({ changes }) => changes > 2), 'changes under way');
    await server.stop();
    for (const outcome of await Promise.all(untilLost)) busy.add(outcome);
    assert.deepEqual([...busy], [503]);
    for (const door of doors) await expectBusy(door, CONNECT_SECONDS);

    await server.start();
    const from = performance.now();
    for (const replica of replicas) await eventually(() => isReady(replica), 'ready replica', 10);
    t.diagnostic(`${doors.length} doors were closed; open again ${secondsSince(from)} s after the start`);
    for (const replica of replicas) await expectVerdicts(replica, { dead, live });
    for (const person of people) await expectOneOutcome(person, replicas[1]);
  });

  test('[S-99] [I1] while the network swallows everything each door answers 503 in time, and old connections are given up', async (t) => {
    const proxy = await startProxy(server.port);
    t.after(() => proxy.close());
    const direct = await newDatabase(server.url);
    const url = Object.assign(new URL(direct.url), { port: proxy.port }).href;
    const { replicas } = await startReplicas(t, 1, { database: { url }, connections: 48 });
    const { dead, live, doors, person } = await everything(replicas);

    proxy.goSilent();
    await Promise.all(doors.map((door) => expectBusy(door, SILENCE_SECONDS + CONNECT_SECONDS + MARGIN_SECONDS)));
    await Promise.all(doors.map((door) => expectBusy(door, CONNECT_SECONDS + MARGIN_SECONDS)));

    proxy.recover();
    const from = performance.now();
    await eventually(() => isReady(replicas[0]), 'ready replica', 10);
    t.diagnostic(`open again ${secondsSince(from)} s after the network`);
    await expectVerdicts(replicas[0], { dead, live });
    await signedIn(replicas[0], person);
  });
});

/** A person with a token that is dead, one that is live, and every door for both on each replica. */
async function everything(replicas) {
  const [person] = await newPeople(replicas[0], 1);
  const { accessToken: dead } = await signedIn(replicas[0], person);
  const next = newPassword();
  person.tokens = expected(await changePassword(replicas[0], dead, person.password, next), 200).tokens;
  person.password = next;
  const live = person.tokens.accessToken;
  const service = await serviceToken(replicas[0]);
  const doors = replicas.flatMap((replica) => doorsOf(replica, { person, accessTokens: [dead, live], service }));
  for (const replica of replicas) await expectVerdicts(replica, { dead, live });
  return { person, dead, live, doors };
}

async function expectVerdicts(replica, { dead, live }) {
  assert.deepEqual([(await me(replica, dead)).status, (await me(replica, live)).status], [401, 200]);
}

const isReady = async (replica) => (await replica.ask('GET', '/health/ready')).status === 200;

/** Resolves with the first status that is not 200. What is in doubt from then on is kept with the person. */
async function changeUntilLost(person, replica) {
  for (person.changes = 0; ; person.changes++) {
    person.next = newPassword();
    const answer = await changePassword(replica, person.tokens.accessToken, person.password, person.next);
    if (answer.status !== 200) return answer.status;
    // Without tokens the change stands, and the person has to sign in again.
    if (!answer.body.tokens) return 503;
    Object.assign(person, { password: person.next, tokens: answer.body.tokens });
  }
}

/** Either the change was done and the older token is dead, or it was not and the token lives. */
async function expectOneOutcome({ email, password, next, tokens }, replica) {
  const signIn = async (word) =>
    (await replica.ask('POST', '/account/v1/sessions', { body: { email, password: word } })).status;
  const outcome = [await signIn(password), await signIn(next), (await me(replica, tokens.accessToken)).status];
  const [undone, done] = [
    [201, 401, 200],
    [401, 201, 401],
  ];
  assert.deepEqual(outcome, outcome[0] === 201 ? undone : done);
}
