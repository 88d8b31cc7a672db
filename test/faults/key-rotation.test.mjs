import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { changePassword, expected, me, newPassword, newPeople, refreshed, signedIn } from '../support/people.mjs';
import { eventually } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { Balancer } from './support/balancer.mjs';

const PEOPLE = 6;

test('[S-87] [R23] signing keys are replaced replica by replica under load: no honest request fails, and a removed key is refused', async (t) => {
  const [older, newer] = [newKey('older'), newKey('newer')];
  const { env, replicas } = await startReplicas(t, 2, { settings: keysOf(older) });
  const [people, bystander] = [await newPeople(replicas[0], PEOPLE), (await newPeople(replicas[0], 1))[0]];
  const stale = await signedIn(replicas[0], bystander);
  assert.equal(kidOf(stale), 'older');

  const balancer = new Balancer(replicas);
  const load = { isOver: false, answers: 0 };
  const lives = people.map((person) => live(person, balancer, load));
  let current = replicas;
  const roll = async (...keys) => {
    const next = [];
    for (const replica of current) {
      next.push(await balancer.replace(replica, { ...env, ...keysOf(...keys) }));
      // Replicas of both kinds serve for a while.
      await wholeTurn(people);
    }
    current = next;
  };

  // Every replica must know the newer key before any signs with it.
  await roll(older, newer);
  await roll(newer, older);
  for (const replica of current) assert.equal((await me(replica, stale.accessToken)).status, 200);
  assert.deepEqual(await publishedKids(current[0]), ['newer', 'older']);
  // The older tokens' life is over once everybody holds a newer one.
  await eventually(() => people.every(({ tokens }) => kidOf(tokens) === 'newer'), 'newer tokens in all hands');
  await roll(newer);

  load.isOver = true;
  await Promise.all(lives);
  t.diagnostic(`${load.answers} answers, all of them the right ones`);
  for (const replica of current) assert.equal((await me(replica, stale.accessToken)).status, 401);
  // The session itself lives: it was the key.
  const fresh = await refreshed(current[0], stale);
  assert.equal(kidOf(fresh), 'newer');
  for (const replica of current) assert.equal((await me(replica, fresh.accessToken)).status, 200);
});

/** All that somebody does all day, each time at whichever replica comes next. Throws at the first wrong answer. */
async function live(person, balancer, load) {
  person.turns = 0;
  person.tokens = await signedIn(balancer, person);
  for (; !load.isOver; person.turns++) {
    person.tokens = await refreshed(balancer, person.tokens);
    expected(await me(balancer, person.tokens.accessToken), 200);
    const elsewhere = await signedIn(balancer, person);
    expected(await me(balancer, elsewhere.accessToken), 200);
    const next = newPassword();
    const change = await changePassword(balancer, person.tokens.accessToken, person.password, next);
    Object.assign(person, { password: next, tokens: expected(change, 200).tokens });
    expected(await me(balancer, person.tokens.accessToken), 200);
    load.answers += 6;
  }
}

/** Everybody has begun and ended one since. */
async function wholeTurn(people) {
  const turns = new Map(people.map((person) => [person, person.turns]));
  await eventually(() => people.every((person) => person.turns > turns.get(person) + 1), 'turn of everybody');
}

function newKey(kid) {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid };
}

const keysOf = (...keys) => ({ TOKEN_SIGNING_KEYS: JSON.stringify({ keys }) });

const kidOf = ({ accessToken }) => JSON.parse(Buffer.from(accessToken.split('.')[0], 'base64url')).kid;

async function publishedKids(replica) {
  const { keys } = expected(await replica.ask('GET', '/.well-known/jwks.json'), 200);
  return keys.map(({ kid }) => kid);
}
