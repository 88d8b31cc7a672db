// A database that was restored from a backup, by docs/runbook.md: what has ended since then does not live again.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { after, test } from 'node:test';
import { expected, newPeople, serviceToken, signedIn } from '../support/people.mjs';
import { run, stop, temporaryFolder } from '../support/processes.mjs';
import { startReplica, startReplicas } from '../support/replicas.mjs';
import { endEverythingHeld, EVERY_KIND, everythingHeld, whatOpens } from './support/held-secrets.mjs';
import { follow, neverRun, operatorOf } from './support/runbook.mjs';

const RESTORE = 'Restore from a backup';
const [BACK_UP, PUT_BACK, MIGRATE, SETTLE, REPEAT] = [0, 1, 2, 3, 4];
/** Without a service to ask. */
const shellOf = ({ database, env }, replica, more) => ({
  ...env,
  ...operatorOf(database, replica, { INTERNAL: '', CHANGED: '', BACKUP: join(temporaryFolder(), 'backup'), ...more }),
});

test('[S-103] [I11] a backup from before a change brings back to life nothing that has ended since, but the undo of a thief’s', async (t) => {
  const { database, env, replicas } = await startReplicas(t, 1);
  const [person, moved, changed] = await newPeople(replicas[0], 3);
  const held = await everythingHeld(replicas[0], { person, moved, changed });
  const shell = shellOf({ database, env }, replicas[0], { CHANGED: changed.id });
  await follow(RESTORE, shell, BACK_UP);
  await endEverythingHeld(replicas[0], { person, held });
  const later = await versionsIn(database);
  await stop(replicas[0]);
  await follow(RESTORE, shell, PUT_BACK);
  assert.match(await follow(RESTORE, shell, MIGRATE), /nothing was pending/);
  const unsettled = await another(t, env, replicas[0]);
  assert.deepEqual(await whatOpens(unsettled, held), EVERY_KIND, 'as it is, all of it lives');
  await stop(unsettled);
  await follow(RESTORE, shell, PUT_BACK);

  const said = await follow(RESTORE, shell, SETTLE);
  assert.match(said, /^after-restore: 2 sessions ended; 4 accounts, 1 of them with a password to reset\n$/);
  const settled = await another(t, env, unsettled);
  assert.deepEqual(await whatOpens(settled, held), ['undo link']);
  // Codes that strangers ask for know no version of an account: nothing but this ends them.
  const left = 'SELECT id FROM mailed_code WHERE ended_at IS NULL UNION ALL SELECT id FROM pending_email_change';
  assert.deepEqual(await database.query(left), []);
  for (const { id, version } of await versionsIn(database)) assert.ok(version > later.get(id), 'a version comes again');
  assert.equal(
    (await settled.ask('GET', '/account/v1/me', { token: (await signedIn(settled, person)).accessToken })).status,
    200,
  );
  assert.equal(await statusOfSignIn(settled, changed.email, changed.next), 401);
  assert.deepEqual(
    (await restoresIn(database)).map(({ toBeReset, keys, undoLinks }) => [toBeReset, keys, undoLinks]),
    [[1, 'end', 'keep']],
  );

  await follow(RESTORE, shell, SETTLE, choosing('--undo-links=end', '--passwords=reset'));
  assert.deepEqual(await whatOpens(settled, held, ['undo link', 'access token']), []);
  assert.equal(await statusOfSignIn(settled, person.email, person.password), 401);
  // L-7: who had typed an address, and proved nothing, has no way in by it.
  expected(await settled.ask('POST', '/account/v1/password-reset', { body: { email: moved.newEmail } }), 202);
  assert.deepEqual(await database.query('SELECT 1 FROM reset_token WHERE account_id = $1', [moved.id]), []);
  expected(await settled.ask('POST', '/account/v1/password-reset', { body: { email: person.email } }), 202);
  assert.equal((await database.query('SELECT 1 FROM reset_token WHERE account_id = $1', [person.id])).length, 1);
});

test('a mail that waited goes out without its code, and with its undo while that lives', async (t) => {
  const { database, env, replicas } = await startReplicas(t, 1, { settings: { WORKER: 'off' } });
  const [asker, mover] = await newPeople(replicas[0], 2);
  expected(await replicas[0].ask('POST', '/account/v1/password-reset', { body: { email: asker.email } }), 202);
  const { accessToken } = await signedIn(replicas[0], mover);
  const headers = { 'X-Access-Token': accessToken };
  expected(await replicas[0].ask('PUT', '/api/user/v1/update', { headers, body: { eml: 'moved@example.org' } }), 200);
  const sealed = async () =>
    (await database.query('SELECT target FROM outbox_delivery WHERE sealed IS NOT NULL')).map(({ target }) => target);
  assert.ok((await sealed()).includes(asker.email));
  const shell = shellOf({ database, env }, replicas[0]);
  await follow(RESTORE, shell, SETTLE);
  assert.deepEqual((await sealed()).sort(), [mover.email, 'moved@example.org'].sort());
  await follow(RESTORE, shell, SETTLE, choosing('--undo-links=end'));
  assert.deepEqual(await sealed(), []);
});

test('with new secrets for everybody the services go on, and what was ended since is ended again', async (t) => {
  const { database, env, replicas } = await startReplicas(t, 1);
  const [person] = await newPeople(replicas[0], 1);
  const token = await serviceToken(replicas[0]);
  const make = async (path, body) => expected(await replicas[0].askInternal('POST', path, { token, body }), 201);
  const { clientId } = await make('/internal/v1/service-clients', { name: 'billing', scopes: ['accounts:read'] });
  const { clientId: APPLICATION } = await make('/internal/v1/applications', { name: 'App' });
  const shell = shellOf({ database, env }, replicas[0]);
  await follow(RESTORE, shell, SETTLE);
  const statusOf = async (service) =>
    (await service.askInternal('GET', '/internal/v1/service-clients', { token })).status;
  assert.equal(await statusOf(replicas[0]), 200, 'as long as it lives, under the same keys');
  await stop(replicas[0]);

  const [, CLIENT] = /^BOOTSTRAP_SERVICE_CLIENT=(.+)\n$/.exec(await follow('Everybody needs new secrets', shell, 0));
  const started = { ...env, BOOTSTRAP_SERVICE_CLIENT: CLIENT, TOKEN_SIGNING_KEYS: newSigningKeys() };
  const replica = await another(t, started, replicas[0]);
  assert.equal(await statusOf(replica), 401);
  const operator = operatorOf(database, replica, { CLIENT, SERVICE_CLIENT: clientId, ACCOUNT: person.id, APPLICATION });
  const printed = await follow('Everybody needs new secrets', operator, 1);
  const [, secret] = /"clientSecret":"([^"]+)"/.exec(printed);
  const [, apiKey, key] = /"id":"([^"]+)","apiKey":"([^"]+)"/.exec(printed);
  const held = { 'service secret': { clientId, clientSecret: secret }, 'API key': key };
  assert.deepEqual(await whatOpens(replica, held, Object.keys(held)), Object.keys(held));
  assert.equal(await statusOfSignIn(replica, person.email, person.password), 201);
  await follow(RESTORE, { ...operator, API_KEY_ID: apiKey }, REPEAT);
  assert.deepEqual(await whatOpens(replica, held, Object.keys(held)), []);
  assert.equal(await statusOfSignIn(replica, person.email, person.password), 401);
  const revoked = `SELECT details->>'clientId' AS id FROM audit_event WHERE action = 'application.revoked.v1'`;
  assert.deepEqual(await database.query(revoked), [{ id: APPLICATION }]);
});

test('the operator has to choose: nothing is ended by default', async (t) => {
  const { database, env, replicas } = await startReplicas(t, 1);
  const [person] = await newPeople(replicas[0], 1);
  const { accessToken } = await signedIn(replicas[0], person);
  for (const args of [
    '',
    '--keys=keep --undo-links=keep',
    '--keys=some --undo-links=keep --passwords=keep',
    '--keys=keep --undo-links=keep --passwords=keep ada',
  ]) {
    const script = ['dist/apps/api/src/after-restore.js', ...args.split(' ').filter(Boolean)];
    const { code, stderr } = await run(process.execPath, script, { env });
    assert.equal(code, 1);
    assert.match(stderr, /^Use: after-restore [^]*Nothing was changed\.\n$/);
  }
  assert.deepEqual(await restoresIn(database), []);
  assert.deepEqual(await whatOpens(replicas[0], { 'access token': { accessToken } }, ['access token']), [
    'access token',
  ]);
});

after(() => assert.deepEqual(neverRun({ ofRestore: true }), [], 'commands that no test runs'));

/** In place of what the runbook's line has for these options. */
const choosing =
  (...options) =>
  (commands) =>
    options.reduce((text, option) => text.replace(new RegExp(`${option.split('=')[0]}=\\w+`), option), commands);

async function another(t, env, earlier) {
  const replica = await startReplica(env, { earlier });
  t.after(() => stop(replica, 'SIGKILL'));
  return replica;
}

async function versionsIn(database) {
  const rows = await database.query('SELECT id, credential_version AS version FROM account');
  return Object.assign(rows, { get: (id) => rows.find((row) => row.id === id).version });
}

const restoresIn = async (database) =>
  (await database.query(`SELECT details FROM audit_event WHERE action = 'installation.restored.v1' ORDER BY id`)).map(
    ({ details }) => details,
  );

function newSigningKeys() {
  const key = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  return JSON.stringify({ keys: [{ ...key, kid: randomUUID() }] });
}

const statusOfSignIn = async (replica, email, password) =>
  (await replica.ask('POST', '/account/v1/sessions', { body: { email, password } })).status;
