// What must not be told by the bytes of an answer (S-21) is not told by its time either.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { test } from 'node:test';
import pg from 'pg';
import { ROOT } from '../support/api.mjs';
import { expected, newAddress, newPassword, newPeople, SERVICE, serviceToken, signedIn } from '../support/people.mjs';
import { onUrl } from '../support/postgres.mjs';
import { eventually, freePort, start, stop } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { startSmtpSink } from '../support/smtp-sink.mjs';
import { DEVICE } from './support/doors.mjs';
import { comparePairs, compareWithOthers, timesOf } from './support/times.mjs';

/** Nobody who asks has used up anything, and nothing else is at work. */
const SETTINGS = { SOURCE_FAILURES: '1000000', WORKER: 'off' };
const FREE_FOR_ALL = `DELETE FROM guess_budget WHERE window_ends_at < now() + interval '1 day'`;
const LOCKED = `INSERT INTO guess_budget
  (scope, key, max_tries, window_seconds, max_in_a_row, pause_grows, tries, window_ends_at)
  VALUES ('password', $1, 10, 900, 100, true, 10, now() + interval '2 days')`;
const STOPPED = `INSERT INTO guess_budget
  (scope, key, max_tries, window_seconds, max_in_a_row, pause_grows, in_a_row, window_ends_at)
  VALUES ('code', 'password-forgotten:anybody:' || $1, 5, 600, 100, false, 100, now() + interval '2 days')`;
const WORKER = join(ROOT, 'dist/apps/worker/src/main.js');
const TRIED = 'SELECT count(*) > 0 AS tried FROM outbox_delivery WHERE attempts > 0';
/** How far from an even chance. */
const WITHIN = 0.1;
/** Beside other work, in CI: 50 samples a class, each against all the others, and told only when every run tells. */
const IS_SHORT = process.env.FAULTS === 'short';
const RUNS = 3;
const TELLING_RUNS = IS_SHORT ? RUNS : 2;
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
  await expectAlike(t, database, classes, { gapWithin: 0.1 });
});

test('[S-22] so does it at the other doors', async (t) => {
  const { database, replica } = await aReplica(t, { BCRYPT_COST: '10' });
  const [known] = await newPeople(replica, 1);
  const password = 'wrong';
  const doors = {
    'bamboocloud login': [400, '/api/v2/sdk/login', (user_name) => ({ user_name, password })],
    'applivery login': [401, '/v1/auth/login', (email) => ({ provider: 'traditional', payload: { email, password } })],
  };
  for (const [name, [status, path, bodyOf]] of Object.entries(doors)) {
    const signIn = (email) =>
      answered(status, () => replica.ask('POST', path, { headers: DEVICE, body: bodyOf(email) }));
    const classes = { unknown: signIn(newAddress()), 'wrong password': signIn(known.email) };
    await t.test(name, (t) => expectAlike(t, database, classes, { gapWithin: 0.1 }));
  }
});

test('[S-22] [S-61] [S-71] so do the answers that are alike, whosever the address is', async (t) => {
  const { database, replica } = await aReplica(t, {});
  const [owner, asker, disabled, without, blocked, mover, stopped] = await newPeople(replica, 7);
  const { accessToken: token } = await signedIn(replica, asker);
  await database.query('UPDATE account SET disabled = true WHERE id = $1', [disabled.id]);
  await database.query('UPDATE account SET password_hash = NULL WHERE id = $1', [without.id]);
  await database.query('UPDATE account SET password_reset_required = true WHERE id = $1', [blocked.id]);
  await database.query(STOPPED, [stopped.id]);
  const unproved = await moveUnproved(replica, mover);
  const forgotten = (email) => () => replica.ask('POST', '/account/v1/password-reset', { body: { email } });
  const sdk = (path, headers, body) => () =>
    replica.ask('POST', `/api/v2/sdk${path}`, { headers: { ...DEVICE, ...headers }, body });
  const send = (type) => (email) => sdk('/email/send', {}, { email, type, captcha_token: '' });
  const start = (newEmail) => () => {
    const body = { newEmail, currentPassword: asker.password };
    return replica.ask('POST', '/account/v1/me/email-change', { token, body });
  };
  const wrong = { verify_code: '000000', password: newPassword() };
  const prove = (email) => sdk('/profile/update-email', { authorization: `Bearer ${token}` }, { ...wrong, email });
  const reset = (email) => sdk('/pwd/update-by-email', {}, { ...wrong, email });
  const addresses = { taken: owner.email, 'of a disabled account': disabled.email, free: newAddress() };
  const unavailable = { ...addresses, 'left, and can be restored': mover.email };
  const accounts = { 'without a password': without.email, 'closed by an undo': blocked.email, unproved };
  const groups = {
    'start of a change': [202, start, unavailable],
    'code for an address': [200, send('UPDATE_EMAIL_EMS'), unavailable],
    'code for a password': [200, send('FORGET_PWD_EMS'), addresses],
    reset: [202, forgotten, { ...addresses, ...accounts }],
    'wrong code for an address': [400, prove, { ...unavailable, own: asker.email }],
    'wrong code for a password': [400, reset, { ...addresses, 'at the hard stop': stopped.email }],
  };
  for (const [name, [status, askFor, whose]] of Object.entries(groups)) {
    const classes = Object.entries(whose).map(([why, email]) => [why, answered(status, askFor(email))]);
    await t.test(name, (t) => expectAlike(t, database, Object.fromEntries(classes), { samples: 100 }));
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
  await expectAlike(t, database, Object.fromEntries(refusals));
});

test('[S-105] a service that says who it is wrongly is refused in the same time for a live token and for none', async (t) => {
  const { database, replica } = await aReplica(t, {});
  const [person] = await newPeople(replica, 1);
  const { accessToken } = await signedIn(replica, person);
  const headers = { authorization: `Basic ${Buffer.from('dev:wrong').toString('base64')}` };
  const askFor = (token) =>
    answered(401, () =>
      replica.askInternal('POST', '/oauth2/introspect', { headers, body: new URLSearchParams({ token }) }),
    );
  await expectAlike(t, database, { live: askFor(accessToken), none: askFor('x'.repeat(accessToken.length)) });
});

test('[S-118] an answer takes as long whether the mail server takes its mails, is gone or hangs', async (t) => {
  const taking = await startSmtpSink();
  const hanging = createServer().listen(0, '127.0.0.1');
  t.after(() => [taking, hanging].forEach((server) => server.close()));
  await once(hanging, 'listening');
  const ports = { taking: taking.port, gone: await freePort(), hanging: hanging.address().port };
  const installations = await Promise.all(Object.entries(ports).map(([name, port]) => mailingTo(t, name, port)));
  const classes = (ask) => Object.fromEntries(installations.map((each) => [each.name, ask(each)]));
  const [{ database }] = installations;
  await t.test('start of a change', (t) => expectAlike(t, database, classes(startOfAChange)));
  await t.test('reset', (t) => expectAlike(t, database, classes(reset), { samples: 100 }));
});

/** The same request, which throws at any other answer. */
const answered = (status, ask) => async () => {
  const answer = await ask();
  expected(answer, status);
  return answer;
};

/** By the one surface that asks for no code. Resolves with the new address; the old one can restore. */
async function moveUnproved(replica, person) {
  const { accessToken } = await signedIn(replica, person);
  const eml = newAddress();
  const headers = { 'X-Access-Token': accessToken };
  const { code } = expected(await replica.ask('PUT', '/api/user/v1/update', { headers, body: { eml } }), 200);
  assert.equal(code, 0);
  return eml;
}

/**
 * A replica and a worker, which has tried to send when this resolves. For a process that does both see
 * docs/threat-model.md.
 */
async function mailingTo(t, name, port) {
  const { database, replica, env } = await aReplica(t, { SMTP_URL: `smtp://127.0.0.1:${port}` });
  const worker = start(process.execPath, [WORKER], { env });
  t.after(() => stop(worker, 'SIGKILL'));
  const [person] = await newPeople(replica, 1);
  const { accessToken: token } = await signedIn(replica, person);
  const installation = { name, database, replica, person, token };
  await reset(installation)();
  await eventually(() => onUrl(database.url, TRIED).then(([{ tried }]) => tried), `try to send by ${name}`);
  return installation;
}

const startOfAChange = ({ replica, person, token }) => {
  const body = { newEmail: newAddress(), currentPassword: person.password };
  return answered(202, () => replica.ask('POST', '/account/v1/me/email-change', { token, body }));
};

const reset = ({ replica, person: { email } }) =>
  answered(202, () => replica.ask('POST', '/account/v1/password-reset', { body: { email } }));

async function aReplica(t, settings) {
  const options = { settings: { ...SETTINGS, ...settings }, connections: 1 };
  const { database, env, replicas } = await startReplicas(t, 1, options);
  return { database, env, replica: replicas[0] };
}

/**
 * The machine has other things to do: a difference that is there shows in most runs, one by chance does not. `gapWithin`:
 * how far the medians may be apart, where what takes the time is known to be one hash.
 */
async function expectAlike(t, database, classes, { samples = 300, gapWithin = 1 } = {}) {
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    await timesOf(classes, 5);
    const seen = {};
    for (let left = RUNS; left > 0 && isOpen(seen, left); left--) {
      const times = await timesOf(classes, IS_SHORT ? 50 : samples, () => client.query(FREE_FOR_ALL));
      const compared = IS_SHORT ? compareWithOthers(times) : comparePairs(times);
      t.diagnostic(JSON.stringify(compared));
      for (const [name, { chance, gap }] of Object.entries(compared)) {
        const isTold = Math.abs(chance - 0.5) > WITHIN || (!IS_SHORT && gap > gapWithin);
        seen[name] = (seen[name] ?? 0) + Number(isTold);
      }
    }
    const told = Object.keys(seen).filter((name) => seen[name] >= TELLING_RUNS);
    assert.deepEqual(told, [], 'It can be told by the time.');
  } finally {
    await client.end();
  }
}

/** Whether the runs that are left may still show a difference. */
const isOpen = (seen, left) => Math.max(0, ...Object.values(seen)) + left >= TELLING_RUNS;
