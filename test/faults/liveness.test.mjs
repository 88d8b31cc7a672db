// The promise itself: from the answer to a change on, no replica takes an older token. Real processes, kept connections.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as pause } from 'node:timers/promises';
import { newPeople, serviceToken, signedIn } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { deedsOf, newTally, round } from './support/rounds.mjs';

const PEOPLE = 25;
const CONNECTIONS = 32;

/** 10,000 changes of a password in all, and some of everything else that ends tokens; 1,000 where time is short. */
const isShort = process.env.FAULTS === 'short';
for (const { count, turns } of [
  { count: 2, turns: isShort ? 30 : 340 },
  { count: 4, turns: isShort ? 10 : 60 },
]) {
  test(`[S-35] [S-36] [S-100] [S-101] [I3] ${PEOPLE * turns} changes on ${count} replicas, one of which stands still now and then: no older token is taken after the answer, and every new one is`, async (t) => {
    const { replicas } = await startReplicas(t, count, { connections: CONNECTIONS });
    const [tally, service] = [newTally(), await serviceToken(replicas[0])];
    const people = await newPeople(replicas[0], PEOPLE);

    const lives = Promise.all(people.map((person) => live(person, turns, { replicas, service, tally })));
    await standStill(replicas.at(-1), lives, tally);

    t.diagnostic(JSON.stringify(tally.counts));
    const { old, new: newest, deeds } = tally.counts;
    assert.equal(deeds.password, PEOPLE * turns);
    assert.deepEqual(Object.keys(old), ['401']);
    assert.deepEqual(Object.keys(tally.counts['old refresh']), ['401']);
    assert.deepEqual(Object.keys(newest), ['200']);
    assert.deepEqual(Object.keys(tally.counts['old introspected']), ['{"active":false}']);
    assert.deepEqual(Object.keys(tally.counts['new introspected']), ['live']);
    assert.ok(newest[200] >= PEOPLE * turns * count);
    assert.ok(deeds.standstill > 0);
    for (const { connectionsOpened } of replicas) assert.equal(connectionsOpened(), CONNECTIONS);
  });
}

async function live(person, turns, { replicas, ...rest }) {
  person.tokens = await signedIn(replicas[0], person);
  for (let turn = 0; turn < turns; turn++) {
    for (const deed of deedsOf(turn)) await round(person, deed, { replicas, turn, ...rest });
  }
}

/** As its machine may make it: for a moment every two seconds, until all is done. What it is asked meanwhile waits. */
async function standStill({ kill }, lives, tally) {
  let isOver = false;
  const end = () => (isOver = true);
  lives.then(end, end);
  while (!isOver) {
    kill('SIGSTOP');
    await pause(300);
    kill('SIGCONT');
    tally.count('deeds', 'standstill');
    await pause(1700);
  }
  await lives;
}
