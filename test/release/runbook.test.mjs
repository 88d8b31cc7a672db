// docs/runbook.md, command by command, as an operator runs it.
import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { ROOT } from '../support/api.mjs';
import { eventually, stop } from '../support/processes.mjs';
import { expected, me, newPassword, newPeople, refresh, serviceToken, signedIn } from '../support/people.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';
import { follow, neverRun, operatorOf, RUNBOOK } from './support/runbook.mjs';

const statusOfSignIn = async (replica, { email, password }) =>
  (await replica.ask('POST', '/account/v1/sessions', { body: { email, password } })).status;

test('its figures and codes are there to be watched', async (t) => {
  const { database, replicas } = await startReplicas(t, 1);
  const [replica] = replicas;
  const { ERROR_CATALOGUE } = createRequire(import.meta.url)(join(ROOT, 'dist/libs/contracts/src/index.js'));
  const { text } = await replica.askInternal('GET', '/metrics');
  const names = [...RUNBOOK.matchAll(/\b(?:rekey|nodejs)_\w+/g)].map(([name]) => name);
  for (const name of new Set(names)) assert.ok(text.includes(name.replace(/\($/, '')), `${name} is no figure`);
  const codes = [...RUNBOOK.matchAll(/code=~?"([^"]+)"/g)].flatMap(([, list]) => list.split('\\|'));
  assert.ok(codes.length > 5);
  for (const code of codes) assert.ok(code in ERROR_CATALOGUE, `${code} is no code`);

  await replica.askInternal('GET', '/internal/v1/outbox');
  const look = await follow('First look', operatorOf(database, replica));
  assert.match(look, /"ok".*"ok"[^]*rekey_outbox_deliveries\{status="parked"\} 0/);
});

test('a mail that was parked is found and tried again; one that waits need not wait', async (t) => {
  const { database, env, replicas } = await startReplicas(t, 1, { settings: { WORKER: 'off' } });
  const [replica] = replicas;
  const [person, other] = await newPeople(replica, 2);
  for (const each of [person, other]) {
    expected(await replica.ask('POST', '/account/v1/password-reset', { body: { email: each.email } }), 202);
  }
  const park = `UPDATE outbox_delivery SET status = 'parked', sealed = NULL, finished_at = now(), last_error = 'Error EAUTH 535'`;
  await database.query(park);
  const [{ id: DELIVERY }] = await database.query('SELECT id FROM outbox_delivery LIMIT 1');
  const parked = () => database.query(`SELECT id FROM outbox_delivery WHERE status = 'parked'`);

  const operator = operatorOf(database, replica, { DELIVERY });
  assert.match(
    await follow('Parked deliveries', operator, 0),
    /"Error EAUTH 535"[^]*notifications.send-mail.*535 *\| +2 /,
  );
  await follow('Parked deliveries', operator, 1);
  assert.equal((await parked()).length, 1);
  await follow('Parked deliveries', operator, 2);
  assert.deepEqual(await parked(), []);

  await database.query(`UPDATE outbox_delivery SET available_at = now() + interval '20 minutes'`);
  await follow('Mail server down', operator);
  const worker = await startReplica({ ...env, WORKER: 'inline' });
  t.after(() => stop(worker, 'SIGKILL'));
  await eventually(async () => (await mailsTo(worker, person)).length === 1, 'mail that was parked');
});

test('what fills the disk, who waits, and what time it is can be asked', async (t) => {
  const { database, replicas } = await startReplicas(t, 1);
  const operator = operatorOf(database, replicas[0]);
  const [fills, waits] = [0, 1].map((which) => follow('Database down, or disk full', operator, which));
  assert.match(await fills, /account +\|/);
  assert.match(await waits, /\| idle /);
  assert.match(await follow('Clock', operator), /^20\d\d-[^]*UTC/);
  assert.match(await follow('Somebody guesses', operator), /\(0 rows\)/);
});

test('everybody is out after one command', async (t) => {
  const { database, replicas } = await startReplicas(t, 1);
  const [person] = await newPeople(replicas[0], 1);
  const { accessToken } = await signedIn(replicas[0], person);
  assert.match(await follow('Everybody out', operatorOf(database, replicas[0])), /"sessionsEnded":1/);
  assert.equal((await me(replicas[0], accessToken)).status, 401);
});

test('"this was not me": nobody is in, the log is read, and the mailbox gets the way back; a lost mailbox frees its address', async (t) => {
  const { database, replicas } = await startReplicas(t, 1);
  const [replica] = replicas;
  const [person] = await newPeople(replica, 1);
  const { accessToken } = await signedIn(replica, person);
  const operator = operatorOf(database, replica, { EMAIL: person.email, ACCOUNT: person.id });
  const told = await follow('"This was not me"', operator, 0);
  assert.ok(told.includes(person.id));
  assert.match(told, /account\.disabled\.v1/);
  assert.equal((await me(replica, accessToken)).status, 401);
  assert.equal(await statusOfSignIn(replica, person), 401);
  await follow('"This was not me"', operator, 1);
  await eventually(async () => /password-reset\//.test((await mailsTo(replica, person))[0]?.text), 'reset');

  await follow('A mailbox is lost', operator);
  const token = await serviceToken(replica);
  const body = { email: person.email, password: newPassword() };
  expected(await replica.askInternal('POST', '/internal/v1/accounts', { token, body }), 201);
});

test('signing keys are replaced in three rounds, and nobody notices', async (t) => {
  const { env, replica } = await aKeyHolder(t, { TOKEN_SIGNING_KEYS: JSON.stringify({ keys: [newKey()] }) });
  const [person] = await newPeople(replica, 1);
  const { accessToken } = await signedIn(replica, person);
  const both = await follow('TOKEN_SIGNING_KEYS', env, 0);
  const [newFirst] = (await follow('TOKEN_SIGNING_KEYS', { ...env, TOKEN_SIGNING_KEYS: both }, 1)).split('\n');
  const [, newAlone] = (await follow('TOKEN_SIGNING_KEYS', { ...env, TOKEN_SIGNING_KEYS: newFirst }, 1)).split('\n');
  const [older, newer] = JSON.parse(both).keys.map(({ kid }) => kid);

  const rounds = [
    [both, older, 200],
    [newFirst, newer, 200],
    [newAlone, newer, 401],
  ];
  for (const [TOKEN_SIGNING_KEYS, signs, status] of rounds) {
    const next = await anotherReplica(t, { ...env, TOKEN_SIGNING_KEYS });
    assert.equal((await me(next, accessToken)).status, status);
    const fresh = await signedIn(next, person);
    assert.equal(JSON.parse(Buffer.from(fresh.accessToken.split('.')[0], 'base64url')).kid, signs);
  }
});

test('a pepper is added and put first, and who has which can be counted', async (t) => {
  const { database, env, replica } = await aKeyHolder(t, { PASSWORD_PEPPERS: `1:${'p'.repeat(43)}` });
  const people = await newPeople(replica, 2);
  const both = (await follow('PASSWORD_PEPPERS', env, 0)).trim();
  const newFirst = both.split(',').toReversed().join(',');
  const second = await anotherReplica(t, { ...env, PASSWORD_PEPPERS: newFirst });
  await signedIn(second, people[0]);
  const counted = () => follow('PASSWORD_PEPPERS', operatorOf(database, second), 1);
  await eventually(async () => /p2 +\| +1\n/.test(await counted()), 'hash that was made anew');
  // A replica of the round before verifies it.
  await signedIn(await anotherReplica(t, { ...env, PASSWORD_PEPPERS: both }), people[0]);
});

test('with a new CODE_KEY the mails that wait go out without what was sealed under the old one', async (t) => {
  const { database, env, replica } = await aKeyHolder(t, { CODE_KEY: 'c'.repeat(43), WORKER: 'off' });
  const [person] = await newPeople(replica, 1);
  const tokens = await signedIn(replica, person);
  expected(await replica.ask('POST', '/account/v1/password-reset', { body: { email: person.email } }), 202);
  await stop(replica);
  const CODE_KEY = (await follow('CODE_KEY', operatorOf(database, replica, { INTERNAL: '' })))
    .trim()
    .split('\n')
    .at(-1);
  const next = await anotherReplica(t, { ...env, CODE_KEY, WORKER: 'inline' });
  const [mail] = await eventually(
    async () => (await mailsTo(next, person)).length > 0 && mailsTo(next, person),
    'mail',
  );
  assert.doesNotMatch(mail.text, /password-reset\//);
  expected(await refresh(next, tokens), 200);
});

test('secrets and keys are replaced beside the old ones, and the first client gives way to another', async (t) => {
  const { database, replicas } = await startReplicas(t, 1);
  const [replica] = replicas;
  const [{ id: accountId }] = await newPeople(replica, 1);
  const token = await serviceToken(replica);
  const key = expected(await replica.askInternal('POST', '/internal/v1/api-keys', { token, body: { accountId } }), 201);
  const operator = operatorOf(database, replica, { SERVICE_CLIENT: 'dev', API_KEY_ID: key.id });
  const secrets = await follow('Secrets of services, and API keys', operator);
  const [, secret] = /"clientSecret":"([^"]+)"/.exec(secrets);
  assert.match(secrets, /"apiKey":"[^"]+"/);
  const made = JSON.parse(await follow('Bootstrap values', { ...operator, CLIENT: `dev:${secret}` }));
  assert.deepEqual(made.scopes, ['admin', 'accounts:read', 'accounts:write']);
  assert.match(await follow('Everybody out', { ...operator, CLIENT: `${made.clientId}:${made.clientSecret}` }), /0\}$/);
});

after(() => assert.deepEqual(neverRun({ ofRestore: false }), [], 'commands that no test runs'));

async function aKeyHolder(t, settings) {
  const { database, env, replicas } = await startReplicas(t, 1, { settings });
  return { database, env, replica: replicas[0] };
}

async function anotherReplica(t, env) {
  const replica = await startReplica(env);
  t.after(() => stop(replica, 'SIGKILL'));
  return replica;
}

function newKey() {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return { ...privateKey.export({ format: 'jwk' }), kid: 'first' };
}

const mailsTo = async (replica, { email }) =>
  expected(await replica.askInternal('GET', `/dev/mailbox/messages?to=${encodeURIComponent(email)}`), 200).messages;
