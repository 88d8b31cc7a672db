import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { createLocalJWKSet, jwtVerify } from 'jose';
import {
  basic,
  changePassword,
  expected,
  introspected,
  me,
  newPassword,
  newPeople,
  refreshed,
  SERVICE,
  serviceToken,
  signedIn,
} from '../support/people.mjs';
import { eventually } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { Balancer } from './support/balancer.mjs';

const PEOPLE = 6;

test('[S-87] [S-112] [R23] signing keys and the secret of a service are replaced replica by replica under load: no honest request fails, and a removed key is refused', async (t) => {
  const [older, newer] = [newKey('older'), newKey('newer')];
  const { env, replicas } = await startReplicas(t, 2, { settings: keysOf(older) });
  const [people, bystander] = [await newPeople(replicas[0], PEOPLE), (await newPeople(replicas[0], 1))[0]];
  const stale = await signedIn(replicas[0], bystander);
  assert.equal(kidOf(stale), 'older');

  const balancer = new Balancer(replicas);
  const load = { isOver: false, answers: 0, service: SERVICE };
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
  load.service = await rotatedService(balancer);
  await wholeTurn(people);
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
    await beJudgedByServices(person, balancer, load.service);
    load.answers += 10;
  }
}

/** By introspection, by a service that calls with its own token, and by one that knows nothing but the published keys. */
async function beJudgedByServices({ id, tokens: { accessToken } }, balancer, service) {
  assert.equal(expected(await introspected(balancer, accessToken), 200).active, true);
  const token = await serviceToken(balancer, service);
  expected(await balancer.askInternal('GET', `/internal/v1/accounts/${id}`, { token }), 200);
  const keys = createLocalJWKSet(expected(await balancer.ask('GET', '/.well-known/jwks.json'), 200));
  assert.equal((await jwtVerify(accessToken, keys)).payload.sub, id);
}

/** The client's new credentials; who has the old ones goes on with them for an hour. */
async function rotatedService(balancer) {
  const token = await serviceToken(balancer);
  const body = { overlapSeconds: 3600 };
  const answer = await balancer.askInternal('POST', '/internal/v1/service-clients/dev/rotate', { token, body });
  return basic('dev', expected(answer, 200).clientSecret);
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
