import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { setImmediate as turnOfTheLoop } from 'node:timers/promises';
import { me, newPeople, refresh, serviceToken, signedIn } from '../support/people.mjs';
import { eventually } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { DEEDS } from './support/deeds.mjs';
import { newTally } from './support/rounds.mjs';

const [PEOPLE, TURNS] = [9, 10];
const ENDS = ['password', 'logout', 'revoke'];

test('[S-100] a replica that stood still with requests in its sockets refuses, first thing, what ended meanwhile', async (t) => {
  // Connections for all that is asked in a turn: what waits must wait in the paused process.
  const { replicas } = await startReplicas(t, 3, { connections: 5 * PEOPLE });
  const [a, b, paused] = replicas;
  const [tally, service, people] = [newTally(), await serviceToken(a), await newPeople(a, PEOPLE)];
  const askAll = (what, token) => people.map((person) => tally.answer(what, me(paused, token(person))));

  for (let turn = 0; turn < TURNS; turn++) {
    for (const person of people) person.tokens = await signedIn(paused, person);
    const old = new Map(people.map((person) => [person, person.tokens]));
    const asked = askAll('half done', (person) => old.get(person).accessToken);
    await turnOfTheLoop();
    await stopped(paused);
    asked.push(...askAll('waiting', (person) => old.get(person).accessToken));
    await Promise.all(people.map((person, index) => end(person, ENDS[(turn + index) % 3])));
    asked.push(...askAll('old', (person) => old.get(person).accessToken));
    asked.push(...askAll('new', (person) => person.tokens.accessToken));
    asked.push(...people.map((person) => tally.answer('old refresh', refresh(paused, old.get(person)))));
    await turnOfTheLoop();
    paused.kill('SIGCONT');
    await Promise.all(asked);
  }

  async function end(person, deed) {
    person.tokens = (await DEEDS[deed](a, person, service)) ?? (await signedIn(b, person));
  }

  t.diagnostic(JSON.stringify(tally.counts));
  const all = PEOPLE * TURNS;
  assert.deepEqual(tally.counts.old, { 401: all });
  assert.deepEqual(tally.counts['old refresh'], { 401: all });
  assert.deepEqual(tally.counts.new, { 200: all });
});

async function stopped({ child, kill }) {
  kill('SIGSTOP');
  await eventually(() => / T /.test(readFileSync(`/proc/${child.pid}/stat`, 'utf8')), 'stopped process');
}
