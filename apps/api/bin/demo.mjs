// Performs the main job over HTTP, against a throw-away server, and tells it as a story. Exit code 1 when it goes wrong.
import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

const OLD = 'ada@example.com';
const NEW = 'ada@example.net';
const PASSWORD = 'Correct-Horse-Battery-9';
const NEW_PASSWORD = 'A-Quite-Different-Horse-7';

/** The last mail that was read, by address. */
const seen = new Map();

prepare();
const folder = mkdtempSync(join(tmpdir(), 'rekey-demo-'));
const [port, internalPort] = [await freePort(), await freePort()];
const server = startServer();
try {
  await ready();
  await story();
} catch (error) {
  console.error(`\nThe story broke: ${error.message}`);
  process.exitCode = 1;
} finally {
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

async function story() {
  chapter('Ada signs in twice');
  const laptop = await signIn(PASSWORD);
  const phone = await signIn(PASSWORD);
  tell(`two sessions, both good: ${await me(laptop)} and ${await me(phone)}`);

  chapter(`She asks for the address ${NEW}`);
  await expectStatus(202, 'POST', '/account/v1/me/email-change', { newEmail: NEW, currentPassword: PASSWORD }, laptop);
  const code = (await newestMail(NEW)).text.match(/\b\d{6}\b/)[0];
  tell(`the new mailbox got a code, the old one a warning: “${(await newestMail(OLD)).subject}”`);

  chapter('She types the code, and signs everyone out');
  const confirm = { code, signOut: 'everywhere' };
  await expectStatus(200, 'POST', '/account/v1/me/email-change/confirm', confirm, laptop);
  tell(`on the very next request the laptop's token meets ${await me(laptop)}, the phone's ${await me(phone)}`);

  chapter('Both mailboxes are told');
  const alert = await newestMail(OLD);
  tell(`${OLD}: “${alert.subject}”`);
  tell(`${NEW}: “${(await newestMail(NEW)).subject}”`);

  chapter('It was not Ada! She undoes it from the old mailbox');
  const undoToken = tokenIn(alert, 'email-change/undo');
  const { email } = await expectStatus(200, 'POST', '/account/v1/email-change/undo', { token: undoToken });
  tell(`the address is ${email} again, and the password alone opens nothing: ${await trySignIn(PASSWORD)}`);

  chapter('The reset link in the old mailbox is the only way in');
  const token = tokenIn(await newestMail(OLD), 'password-reset');
  await expectStatus(204, 'POST', '/account/v1/password-reset/confirm', { token, newPassword: NEW_PASSWORD });
  tell(`the old password meets ${await trySignIn(PASSWORD)}, the new one ${await trySignIn(NEW_PASSWORD)}`);
  console.log('\nThe end.');
}

function startServer() {
  const env = {
    ...process.env,
    NODE_ENV: 'development',
    DATA_DIR: folder,
    PORT: port,
    INTERNAL_PORT: internalPort,
    BCRYPT_COST: '10',
  };
  for (const name of ['DATABASE_URL', 'SMTP_URL', 'WORKER', 'PUBLIC_URL', 'INTERNAL_URL']) delete env[name];
  const main = join(root, 'dist/apps/api/src/main.js');
  return spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

async function ready() {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (server.exitCode !== null) throw new Error('the server did not start');
    const answer = await fetch(`http://127.0.0.1:${port}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error('the server was not ready in 30 s');
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}

async function call(method, path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  const answer = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers,
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  return { status: answer.status, body: text ? JSON.parse(text) : null };
}

async function expectStatus(status, method, path, body, token) {
  const answer = await call(method, path, body, token);
  if (answer.status !== status) throw new Error(`${method} ${path} answered ${answer.status}, not ${status}`);
  return answer.body;
}

async function signIn(password, email = OLD) {
  return (await expectStatus(201, 'POST', '/account/v1/sessions', { email, password })).accessToken;
}

async function trySignIn(password) {
  return (await call('POST', '/account/v1/sessions', { email: OLD, password })).status;
}

async function me(token) {
  return (await call('GET', '/account/v1/me', undefined, token)).status;
}

/** The newest mail to an address, once it is another than the last one that was read. */
async function newestMail(address) {
  for (const end = Date.now() + 10_000; Date.now() < end;) {
    const url = `http://127.0.0.1:${internalPort}/dev/mailbox/messages?to=${encodeURIComponent(address)}`;
    const [newest] = (await (await fetch(url)).json()).messages;
    if (newest && newest.id !== seen.get(address)) {
      seen.set(address, newest.id);
      return newest;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`no mail came to ${address}`);
}

function tokenIn({ text }, page) {
  const link = text.match(new RegExp(`/${page}/([\\w-]+)`));
  if (!link) throw new Error(`the mail holds no link to ${page}`);
  return link[1];
}

function chapter(title) {
  console.log(`\n${title}`);
}

function tell(line) {
  console.log(`  · ${line}`);
}
