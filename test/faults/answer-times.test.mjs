// What must not be told by the bytes of an answer (S-21) is not told by its time either.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import pg from 'pg';
import { newAddress, newPeople, SERVICE, serviceToken, signedIn } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { DEVICE } from './support/doors.mjs';
import { chancesOf } from './support/times.mjs';

/** Nobody who asks has used up anything, and nothing else is at work. */
const SETTINGS = { SOURCE_FAILURES: '1000000', WORKER: 'off' };
const FREE_FOR_ALL = `DELETE FROM guess_budget WHERE window_ends_at < now() + interval '1 day'`;
const LOCKED = `INSERT INTO guess_budget
  (scope, key, max_tries, window_seconds, max_in_a_row, pause_grows, tries, window_ends_at)
  VALUES ('password', $1, 10, 900, 100, true, 10, now() + interval '2 days')`;
/** How far from an even chance. */
const WITHIN = 0.1;
/** As another system stored it; nobody knows the password. */
const OF_PHP = 'raw:$2y$10$vkKlDX9Ub9Hl0dEhQCdVLOnMrk1I8SJNbxU0e5pXvUVZUVJnZ2sdm';

test('[S-22] a refused sign-in takes as long whatever is wrong, at the cost of production', async (t) => {
  const { database, replica } = await aReplica(t, { BCRYPT_COST: '10' });
  const [known, locked, disabled, without, legacy] = await newPeople(replica, 5);
  await database.query(LOCKED, [locked.id]);
  await database.query('UPDATE account SET disabled = true WHERE id = $1', [disabled.id]);
  await database.query('UPDATE account SET password_hash = NULL WHERE id = $1', [without.id]);
  await database.query('UPDATE account SET password_hash = $2 WHERE id = $1', [legacy.id, OF_PHP]);
  const signIn = (email, password) => () => replica.ask('POST', '/account/v1/sessions', { body: { email, password } });
  const classes = {
    unknown: signIn(newAddress(), 'wrong'),
    'wrong password': signIn(known.email, 'wrong'),
    'over-long password': signIn(known.email, 'x'.repeat(2000)),
    locked: signIn(locked.email, locked.password),
    disabled: signIn(disabled.email, disabled.password),
    'without a password': signIn(without.email, 'wrong'),
    'imported hash': signIn(legacy.email, 'wrong'),
  };
  await expectAlike(t, { database, samples: 50 }, classes);
});

test('[S-22] so do the answers that are alike for an address that is somebody’s, and one that is not', async (t) => {
  const { database, replica } = await aReplica(t, {});
  const [owner, asker] = await newPeople(replica, 2);
  const { accessToken: token } = await signedIn(replica, asker);
  const forgotten = (email) => () => replica.ask('POST', '/account/v1/password-reset', { body: { email } });
  const send = (type, email) => () =>
    replica.ask('POST', '/api/v2/sdk/email/send', { headers: DEVICE, body: { email, type, captcha_token: '' } });
  const move = (newEmail) => () => {
    const body = { newEmail, currentPassword: asker.password };
    return replica.ask('POST', '/account/v1/me/email-change', { token, body });
  };
  const [taken, free] = [owner.email, newAddress()];
  const pairs = {
    'start of a change': [move(taken), move(free)],
    'code for an address': [send('UPDATE_EMAIL_EMS', taken), send('UPDATE_EMAIL_EMS', free)],
    'code for a password': [send('FORGET_PWD_EMS', taken), send('FORGET_PWD_EMS', free)],
    reset: [forgotten(taken), forgotten(free)],
  };
  for (const [name, [one, other]] of Object.entries(pairs)) {
    await t.test(name, (t) => expectAlike(t, { database, samples: 100 }, { one, other }));
  }
});

test('[S-22] [S-106] a token is refused to a service in the same time, whatever has ended it', async (t) => {
  const { database, replica } = await aReplica(t, {});
  const people = await newPeople(replica, 4);
  const [ended, outdated, disabled, deleted] = await Promise.all(people.map((person) => signedIn(replica, person)));
  await database.query('UPDATE session SET ended_at = now() WHERE id = $1', [ended.session.id]);
  await database.query('UPDATE account SET credential_version = 9 WHERE id = $1', [people[1].id]);
  await database.query('UPDATE account SET disabled = true WHERE id = $1', [people[2].id]);
  await replica.askInternal('DELETE', `/internal/v1/accounts/${people[3].id}`, { token: await serviceToken(replica) });
  const refusalOf =
    ({ accessToken: token }) =>
    () =>
      replica.askInternal('POST', '/oauth2/introspect', { headers: SERVICE, body: new URLSearchParams({ token }) });
  const classes = { ended, outdated, disabled, deleted };
  const refusals = Object.entries(classes).map(([name, tokens]) => [name, refusalOf(tokens)]);
  await expectAlike(t, { database, samples: 300 }, Object.fromEntries(refusals));
});

async function aReplica(t, settings) {
  const { database, replicas } = await startReplicas(t, 1, { settings: { ...SETTINGS, ...settings }, connections: 1 });
  return { database, replica: replicas[0] };
}

/** Fails when the chance that one class takes longer than the others is further than `WITHIN` from even, three times. */
async function expectAlike(t, { database, samples }, classes) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await chancesOf(classes, 5);
    // The machine has other things to do: a difference that is there shows every time, one by chance does not.
    for (let left = 3, telling = ['all']; telling.length > 0; left--) {
      assert.ok(left > 0, `It can be told: ${telling.join(', ')}`);
      const chances = await chancesOf(classes, samples, () => client.query(FREE_FOR_ALL));
      t.diagnostic(JSON.stringify(chances));
      telling = Object.keys(chances).filter((name) => Math.abs(chances[name] - 0.5) > WITHIN);
    }
  } finally {
    await client.end();
  }
}
