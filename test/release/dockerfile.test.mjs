// The Dockerfile's own commands in a clean copy, and what they make run as in production: an owner that migrates,
// a role without DDL, two replicas behind a proxy, a worker, a mail server.
import assert from 'node:assert/strict';
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { changePassword, me, ROOT, request, signIn, startApi } from '../support/api.mjs';
import { buildImage } from './support/image.mjs';
import { startSmtpSink } from '../support/smtp-sink.mjs';
import { installDatabase } from './support/postgres.mjs';
import { eventually, run, start, stop, temporaryFolder } from '../support/processes.mjs';
import { rolesSql } from './support/compose.mjs';

const OWNER = { email: 'owner@example.org', password: 'a-long-passphrase-of-mine' };
const NEW_PASSWORD = 'another-passphrase-of-mine';
const VIA_PROXY = { headers: { 'x-forwarded-proto': 'https', 'x-forwarded-for': '198.51.100.7' } };

describe('the image that the Dockerfile makes', () => {
  let image;
  let database;
  let mails;
  let env;
  let replicas;
  let worker;

  before(async () => {
    database = await installDatabase(rolesSql());
    mails = await startSmtpSink();
    image = await buildImage(temporaryFolder());
    env = { ...image.env, ...productionSettings(database, mails) };
  });

  after(async () => {
    mails.close();
    await database.drop();
  });

  const inImage = ([program, ...args], settings) => [
    program === 'node' ? process.execPath : program,
    args,
    { cwd: image.folder, env: settings },
  ];
  const startReplica = () => startApi({ args: image.command.slice(1), cwd: image.folder, env });
  const startWorker = async () => {
    const started = start(...inImage(['node', 'dist/apps/worker/src/main.js'], env));
    await eventually(() => started.output.stdout.includes('Delivering') || started.output.stderr, 'running worker');
    assert.equal(started.output.stderr, '');
    return started;
  };
  const mailsTo = (address) => mails.received.filter(({ to }) => to.includes(address));

  test('holds what runs and nothing that builds', () => {
    assert.equal(image.user, 'node');
    for (const [program, file] of [image.command, image.healthCommand]) {
      assert.equal(program, 'node');
      assert.ok(existsSync(join(image.folder, file)), `${file} is not there`);
    }
    for (const path of [
      'node_modules/typescript',
      'node_modules/jest',
      'apps/api/src',
      'test',
      '.git',
      '.env',
      'dist/embedded-database',
    ]) {
      assert.ok(!existsSync(join(image.folder, path)), `${path} is there`);
    }
  });

  test('says what is missing while the database is not migrated', async () => {
    const { code, stderr } = await run(...inImage(image.command, { ...env, PORT: 0, INTERNAL_PORT: 0 }));
    assert.equal(code, 1);
    assert.match(stderr, /^The database lacks Init\d+.*: run `npm run migrate` first, or set MIGRATE=on\.\n$/);
  });

  test('migrates as the owner, and finds nothing to do the second time', async () => {
    const migrate = () =>
      run(
        ...inImage(['node', 'dist/apps/api/src/migrate.js'], {
          ...image.env,
          MIGRATION_DATABASE_URL: database.ownerUrl,
        }),
      );
    assert.match((await migrate()).stdout, /^migrated: Init\d+/);
    assert.equal((await migrate()).stdout, 'migrated: nothing was pending\n');
  });

  test('serves in production as a role that may not change the schema', async () => {
    await assert.rejects(database.queryAsApp('CREATE TABLE mine (id int)'), /permission denied/);
    await assert.rejects(database.queryAsApp('DROP TABLE account'), /must be owner/);
    replicas = await Promise.all([startReplica(), startReplica()]);
    worker = await startWorker();
    for (const { output, port } of replicas) {
      assert.equal(output.stderr, '');
      assert.equal((await run(...inImage(image.healthCommand, { ...env, PORT: port }))).code, 0);
    }
  });

  test('has a health check that fails where nobody serves', async () => {
    assert.equal((await run(...inImage(image.healthCommand, { ...env, PORT: 1 }))).code, 1);
  });

  test('answers to its proxy over https only, and has no development mailbox', async () => {
    const [api] = replicas;
    const overHttp = { headers: { ...VIA_PROXY.headers, 'x-forwarded-proto': 'http' } };
    const { status, body } = await signIn(api, OWNER, overHttp);
    assert.deepEqual([status, body.code], [403, 'transport.insecure']);
    for (const port of [api.port, api.internalPort]) {
      assert.equal((await request({ port }, 'GET', '/dev/mailbox/messages', VIA_PROXY)).status, 404);
    }
  });

  test('takes its first service client from the settings, and not the development one', async () => {
    const tokenOf = async (client) => {
      const answer = await fetch(`http://127.0.0.1:${replicas[0].internalPort}/oauth2/token`, {
        method: 'POST',
        headers: { ...VIA_PROXY.headers, authorization: `Basic ${Buffer.from(client).toString('base64')}` },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      });
      return answer.status;
    };
    assert.equal(await tokenOf(env.BOOTSTRAP_SERVICE_CLIENT), 200);
    assert.equal(await tokenOf('dev:dev-secret-change-me-0000000000000000'), 401);
  });

  test('[S-35] refuses every older token on every replica from the answer on, and the worker sends the alert', async () => {
    const [a, b] = replicas;
    const [asking, other] = [await signIn(a, OWNER, VIA_PROXY), await signIn(b, OWNER, VIA_PROXY)];
    const tokens = [asking.body.accessToken, other.body.accessToken];
    for (const token of tokens) assert.equal((await me(b, token, VIA_PROXY)).status, 200);

    const change = await changePassword(a, tokens[0], OWNER.password, NEW_PASSWORD, VIA_PROXY);
    for (const api of [b, a]) {
      for (const token of tokens) assert.equal((await me(api, token, VIA_PROXY)).status, 401);
    }
    assert.equal(change.status, 200, change.text);
    const refresh = { body: { refreshToken: other.body.refreshToken }, ...VIA_PROXY };
    assert.equal((await request(b, 'POST', '/account/v1/sessions/refresh', refresh)).status, 401);
    assert.equal((await signIn(b, OWNER, VIA_PROXY)).status, 401);
    assert.equal((await signIn(b, { ...OWNER, password: NEW_PASSWORD }, VIA_PROXY)).status, 201);

    await eventually(() => mailsTo(OWNER.email).length > 0, 'alert');
    assert.match(mailsTo(OWNER.email)[0].raw, /^From: .*accounts@example\.org/m);
    assert.match(mailsTo(OWNER.email)[0].raw, /198\.51\.100\.7/);
  });

  test('[K9] another worker sends what one was killed with, once its lease is over', async () => {
    mails.received.length = mails.begun = 0;
    mails.isSilent = true;
    const { accessToken } = (await signIn(replicas[0], { ...OWNER, password: NEW_PASSWORD }, VIA_PROXY)).body;
    await changePassword(replicas[0], accessToken, NEW_PASSWORD, OWNER.password, VIA_PROXY);
    await eventually(() => mails.begun > 0, 'mail under way');
    await stop(worker, 'SIGKILL');
    mails.isSilent = false;

    worker = await startWorker();
    const [row] = await database.query(
      `SELECT status, attempts, available_at > now() AS "isHeld" FROM outbox_delivery WHERE status = 'due'`,
    );
    assert.deepEqual(row, { status: 'due', attempts: 1, isHeld: true });
    await database.query(
      `UPDATE outbox_delivery SET available_at = available_at - interval '1 minute' WHERE status = 'due'`,
    );
    await eventually(() => mailsTo(OWNER.email).length > 0, 'alert');
    await eventually(
      async () => (await database.query(`SELECT 1 FROM outbox_delivery WHERE status = 'due'`)).length === 0,
      'acknowledgement',
    );
    assert.equal(mailsTo(OWNER.email).length, 1);
  });

  test('ends within 10 s when it is told to, with code 0', async () => {
    for (const process of [...replicas, worker]) {
      const { code, seconds, stderr } = await stop(process);
      assert.equal(code, 0);
      assert.ok(seconds < 10, `it took ${seconds} s`);
      assert.equal(stderr, '');
    }
  });
});

/** Every setting that .env.example names, as an installation would fill it in. */
function productionSettings(database, mails) {
  const key = () => randomBytes(32).toString('base64url');
  const jwk = generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' });
  const settings = {
    NODE_ENV: 'production',
    HOST: '0.0.0.0',
    INTERNAL_HOST: '0.0.0.0',
    DATABASE_URL: database.appUrl,
    MIGRATION_DATABASE_URL: database.ownerUrl,
    PUBLIC_URL: 'https://accounts.example.org',
    INTERNAL_URL: 'https://rekey.internal',
    TRUSTED_PROXIES: '127.0.0.1',
    TOKEN_SIGNING_KEYS: JSON.stringify({ keys: [{ ...jwk, kid: '2026-11' }] }),
    PASSWORD_PEPPERS: `1:${key()}`,
    CODE_KEY: key(),
    SMTP_URL: `smtp://127.0.0.1:${mails.port}`,
    MAIL_FROM: 'accounts@example.org',
    WORKER: 'off',
    BOOTSTRAP_SERVICE_CLIENT: `operations:${key()}`,
  };
  const named = readFileSync(join(ROOT, '.env.example'), 'utf8').match(/^\w+(?==)/gm);
  assert.deepEqual(Object.keys(settings).sort(), named.sort());
  return { ...settings, BOOTSTRAP_ACCOUNT: `${OWNER.email}:${OWNER.password}`, BCRYPT_COST: '10' };
}
