// `npm start` on a built tree, as a stranger meets it: real processes, a new folder, free ports.
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ADA, changePassword, mailsTo, me, ROOT, signIn, startApi } from '../support/api.mjs';
import { eventually, freePort, run, start, stop, temporaryFolder } from '../support/processes.mjs';
import { copyRepository } from './support/repository-copy.mjs';

const NEW_PASSWORD = 'NewSecureP@ssw0rd!';
const THIRD_PASSWORD = 'A-Quite-Different-Horse-7';

describe('the service with an embedded database', () => {
  const folder = temporaryFolder();
  let api;

  test('is ready at its first start and prints where to look and whom to be', async (t) => {
    api = await startApi({ env: { DATA_DIR: folder } });
    t.diagnostic(`first start: ready after ${api.seconds} s`);
    const { stdout } = api.output;
    for (const text of [
      `http://localhost:${api.port}/docs`,
      `http://localhost:${api.internalPort}/docs`,
      `http://localhost:${api.internalPort}/dev/mailbox`,
      `${ADA.email}  ${ADA.password}`,
      'dev-api-key-0000000000000000000000',
      'nTo1eRIub60vPb54WeE6aojPwYwImtl4',
      'dev:dev-secret-change-me-0000000000000000',
    ]) {
      assert.ok(stdout.includes(text), `${text} is not printed:\n${stdout}`);
    }
  });

  test('does what the README says of its three requests', async () => {
    const readme = readFileSync(join(ROOT, 'README.md'), 'utf8');
    const [, requests] = readme.match(/## Three requests[^]*?```sh\n([^]*?)```/);
    await expectRequestsToKillTheirToken(requests.replaceAll('localhost:3000', `localhost:${api.port}`));
    const mails = await eventually(() => mailsOrNothing(api), 'alert in the mailbox');
    assert.match(mails[0].subject, /password/i);
  });

  test('exits at SIGTERM, connections or not, and frees its folder', async () => {
    await fetch(`http://127.0.0.1:${api.port}/health/live`);
    const { code, signal, seconds } = await stop(api);
    assert.ok(code === 0 || code === 143 || signal === 'SIGTERM', `it ended with ${code ?? signal}`);
    assert.ok(seconds < 10, `it took ${seconds} s`);
    assert.ok(!existsSync(join(folder, 'database.lock')), 'the lock is left behind');
  });

  test('is ready again at the next start with what was changed', async (t) => {
    api = await startApi({ earlier: api, env: { DATA_DIR: folder } });
    t.diagnostic(`next start: ready after ${api.seconds} s`);
    assert.equal((await signIn(api, { ...ADA, password: NEW_PASSWORD })).status, 201);
    assert.equal((await signIn(api, ADA)).status, 401);
  });

  test('refuses its folder to a second process, in one line', async () => {
    expectOneLine(await runMain({ DATA_DIR: folder }), /^The data folder .* is in use by process \d+/);
    assert.equal((await signIn(api, { ...ADA, password: NEW_PASSWORD })).status, 201);
  });

  test('[I4 K5] loses nothing when it is killed right after its answer, and sends the alert once', async () => {
    const old = (await signIn(api, { ...ADA, password: NEW_PASSWORD })).body;
    const before = await mailsOrNothing(api);
    const { status, body } = await changePassword(api, old.accessToken, NEW_PASSWORD, THIRD_PASSWORD);
    await stop(api, 'SIGKILL');
    assert.equal(status, 200);

    api = await startApi({ earlier: api, env: { DATA_DIR: folder } });
    assert.equal((await me(api, old.accessToken)).status, 401);
    assert.equal((await me(api, body.tokens.accessToken)).status, 200);
    assert.equal((await signIn(api, { ...ADA, password: NEW_PASSWORD })).status, 401);
    const { accessToken } = (await signIn(api, { ...ADA, password: THIRD_PASSWORD })).body;

    // The alert of one more change stands for "later": whatever was due before it has come by then.
    await changePassword(api, accessToken, THIRD_PASSWORD, NEW_PASSWORD);
    const mails = await eventually(async () => {
      const all = await mailsTo(api, ADA.email);
      return all.length >= before.length + 2 && all;
    }, 'two more alerts');
    assert.equal(mails.length, before.length + 2);
  });

  test('[K14] exits within 10 s although a request is never finished and a mail server never answers', async (t) => {
    await stop(api);
    const silent = createServer().listen(0, '127.0.0.1');
    t.after(() => silent.close());
    await once(silent, 'listening');
    const env = { DATA_DIR: folder, SMTP_URL: `smtp://127.0.0.1:${silent.address().port}` };
    api = await startApi({ earlier: api, env });
    const { accessToken } = (await signIn(api, { ...ADA, password: NEW_PASSWORD })).body;
    const connected = once(silent, 'connection');
    await changePassword(api, accessToken, NEW_PASSWORD, THIRD_PASSWORD);
    await connected;
    const client = connect(api.port, '127.0.0.1').on('error', () => undefined);
    client.write(
      'POST /account/v1/sessions HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{',
    );
    await eventually(() => client.bytesWritten > 0, 'half a request');

    const { seconds, code } = await stop(api);
    assert.ok(seconds < 10, `it took ${seconds} s`);
    assert.ok(code === 0 || code === null || code === 143);
  });

  for (const name of ['PORT', 'INTERNAL_PORT']) {
    test(`on a ${name} that is in use`, async (t) => {
      const occupant = createServer().listen(0, '127.0.0.1');
      t.after(() => occupant.close());
      await once(occupant, 'listening');
      const { port } = occupant.address();
      const ended = await runMain({ DATA_DIR: folder, PORT: 0, INTERNAL_PORT: 0, [name]: port });
      expectOneLine(ended, new RegExp(`[ ,]${name}\\).*EADDRINUSE.*:${port}$`, 'm'));
    });
  }

  test('starts where a first start was cut off, and prints three requests that do what it says', async () => {
    const cutOff = temporaryFolder();
    mkdirSync(join(cutOff, 'database.draft'));
    writeFileSync(join(cutOff, 'database.draft', 'PG_VERSION'), '');
    api = await startApi({ env: { DATA_DIR: cutOff } });
    assert.ok(!existsSync(join(cutOff, 'database.draft')));
    await expectRequestsToKillTheirToken(api.output.stdout.slice(api.output.stdout.indexOf('TOKEN=')));
    await stop(api);
  });
});

describe('a start that cannot succeed ends with a message and no trace', () => {
  test('in a folder that cannot be made', async () => {
    const file = join(temporaryFolder(), 'file');
    writeFileSync(file, '');
    const ended = await runMain({ DATA_DIR: join(file, 'data') });
    expectFailure(ended, /DATA_DIR/);
  });

  test('in a folder whose database cannot be written', async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, 'database'), 'not a folder');
    expectOneLine(await runMain({ DATA_DIR: folder }), /^The data folder .* can't be used: /);
  });

  test('without the database that it is told to use', async () => {
    const port = await freePort();
    const ended = await runMain({
      DATA_DIR: temporaryFolder(),
      DATABASE_URL: `postgres://someone:a-password-9f@127.0.0.1:${port}/rekey`,
    });
    expectOneLine(ended, /^The database can't be reached \(see DATABASE_URL\): .*ECONNREFUSED/);
    assert.doesNotMatch(ended.stderr, /9f/);
  });

  test('with a bad setting, which it names without its value', async () => {
    const ended = await runMain({ DATA_DIR: temporaryFolder(), CODE_TRIES: 'many-9f' });
    expectFailure(ended, /^- CODE_TRIES: /m);
    assert.equal(ended.stderr.trim().split('\n').length, 2);
    assert.doesNotMatch(ended.stderr, /9f/);
  });

  test('with a certificate that is none', async () => {
    const DATA_DIR = temporaryFolder();
    const file = join(DATA_DIR, 'not.pem');
    writeFileSync(file, 'secret-9f');
    const ended = await runMain({ DATA_DIR, TLS_CERT_FILE: file, TLS_KEY_FILE: file });
    expectFailure(ended, /^- TLS_CERT_FILE: /m);
    assert.doesNotMatch(ended.stderr, /9f/);
  });

  test('in production without its settings, all of which it names', async () => {
    const ended = await runMain({ NODE_ENV: 'production' });
    for (const name of [
      'DATABASE_URL',
      'PUBLIC_URL',
      'TOKEN_SIGNING_KEYS',
      'PASSWORD_PEPPERS',
      'CODE_KEY',
      'SMTP_URL',
      'MAIL_FROM',
    ]) {
      expectFailure(ended, new RegExp(`^- ${name}: must be set in production$`, 'm'));
    }
  });

  test('where nothing is built and the build tools were left out, and says what production runs', async () => {
    const folder = temporaryFolder();
    await copyRepository(folder, (path) => /^(apps|libs)\/|^(package-lock|nest-cli|tsconfig)\.json$/.test(path));
    mkdirSync(join(folder, 'node_modules'));
    writeFileSync(join(folder, 'node_modules/.package-lock.json'), '{}');
    const env = { NODE_ENV: 'production' };
    const ended = await run(process.execPath, ['apps/api/bin/start.mjs'], { cwd: folder, env });
    expectFailure(ended, /`npm ci --include=dev && npm run build`[^]*`node dist\/apps\/api\/src\/main\.js`/);
  });

  test('as a worker on an embedded database', async () => {
    const worker = join(ROOT, 'dist/apps/worker/src/main.js');
    const ended = await run(process.execPath, [worker], { env: { DATA_DIR: temporaryFolder() } });
    expectFailure(ended, /^- DATABASE_URL: .*worker/m);
  });
});

const MAIN = join(ROOT, 'dist/apps/api/src/main.js');
const runMain = (env) => run(process.execPath, [MAIN], { env: { PORT: 0, INTERNAL_PORT: 0, ...env } });

const mailsOrNothing = async (api) => {
  const mails = await mailsTo(api, ADA.email);
  return mails.length > 0 && mails;
};

/** Sign in, change the password, ask with the old token: pasted into a shell. */
async function expectRequestsToKillTheirToken(requests) {
  const { code, stdout, stderr } = await start('bash', ['-euc', `${requests}\necho; echo "TOKEN=$TOKEN"`]).ended;
  assert.equal(code, 0, stderr);
  assert.match(stdout, /TOKEN=ey[\w-]+\.[\w-]+\.[\w-]+\n$/);
  assert.match(stdout, /"status":true/, stdout);
  assert.match(stdout, /"status":401/, stdout);
}

function expectOneLine(ended, line) {
  expectFailure(ended, line);
  assert.equal(ended.stderr.trim().split('\n').length, 1, ended.stderr);
}

function expectFailure({ code, stderr }, text) {
  assert.notEqual(code, 0);
  assert.match(stderr, text);
  assert.doesNotMatch(stderr, /^ +at /m, 'it holds a trace');
}
