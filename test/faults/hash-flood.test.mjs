// However many passwords come at once: few are hashed, the others are told to come back, and nobody else waits (S-14).
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { request } from '../support/api.mjs';
import { expected, newAddress, newPeople, newPassword, signedIn } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';

const SIGN_INS = 200;
/** So many may be answered while a read waits for the processor. */
const OVERTAKING = 16;

test('[S-14] two hundred sign-ins at once keep no read waiting, and no sign-in that comes after them', async (t) => {
  const { replicas } = await startReplicas(t, 1, { settings: { BCRYPT_COST: '10' }, connections: SIGN_INS });
  const [replica] = replicas;
  const [person] = await newPeople(replica, 1);
  const { accessToken: token } = await signedIn(replica, person);
  const hashed = [];
  const refused = [];
  const guess = async () => {
    const body = { email: newAddress(), password: newPassword() };
    const answer = await replica.ask('POST', '/account/v1/sessions', { body });
    (answer.status === 401 ? hashed : refused).push(answer);
  };

  let isOver = false;
  const flood = Promise.all(Array.from({ length: SIGN_INS }, guess)).finally(() => (isOver = true));
  let reads = 0;
  for (; !isOver; reads++) {
    const before = hashed.length;
    expected(await request(replica, 'GET', '/account/v1/me', { token }), 200);
    expected(await request(replica, 'GET', '/health/live'), 200);
    assert.ok(hashed.length - before < OVERTAKING, `${hashed.length - before} hashes came before a read.`);
  }
  await flood;

  assert.ok(reads > hashed.length, `${reads} reads beside ${hashed.length} hashes`);
  assert.ok(hashed.length < SIGN_INS / 2, `${hashed.length} of ${SIGN_INS} were hashed.`);
  for (const { status, body, headers } of refused) {
    assert.deepEqual([status, body.code, Number(headers['retry-after']) > 0], [503, 'service.busy', true]);
  }
  await signedIn(replica, person);
});
