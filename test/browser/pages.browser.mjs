// Walks the pages that mails link to in a real browser without scripts, and keeps pictures of them in artefacts/pages.
// Needs a build and Chromium (CHROMIUM, else /usr/bin/chromium). Run by `node test/browser/pages.browser.mjs`.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const pictures = join(root, 'artefacts/pages');
const OWNER = { email: 'ada@example.com', password: 'Correct-Horse-Battery-9' };
const NEW_PASSWORD = 'a walk along the winter canal';
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1024, height: 768 } },
  dark: { colorScheme: 'dark', viewport: { width: 1024, height: 768 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};
const LANGUAGES = { en: 'en-GB', zh: 'zh-CN' };

const opened = new Set();
const folder = mkdtempSync(join(tmpdir(), 'rekey-pages-'));
const [port, internalPort] = [await freePort(), await freePort()];
// First: a server must not be left behind by a browser that is not there.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const server = startServer();
mkdirSync(pictures, { recursive: true });
try {
  await ready();
  for (const [language, locale] of Object.entries(LANGUAGES)) {
    for (const [look, options] of Object.entries(LOOKS)) await walk(`${language}-${look}`, { ...options, locale });
  }
  console.log(`The pages work without scripts. Pictures: ${pictures}`);
} finally {
  await browser.close();
  server.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
}

/** A thief moves the account away; its owner cancels, undoes and resets, by mouse, keyboard and mails alone. */
async function walk(look, options) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  const faults = watch(page);
  const shoot = async (name) => {
    await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true });
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    assert.equal(isTooWide, false, `${name} is wider than its window (${look})`);
  };
  const thief = `thief-${look}@example.net`;
  const token = await signIn();

  await call('POST', '/account/v1/me/email-change', { newEmail: thief, currentPassword: OWNER.password }, token);
  await page.goto(await linkIn(OWNER.email, 'email-change/cancel'));
  await shoot('cancel');
  await press(page);
  await shoot('cancelled');

  await call('POST', '/account/v1/me/email-change', { newEmail: thief, currentPassword: OWNER.password }, token);
  const code = (await newestMail(thief)).text.match(/\b\d{6}\b/)[0];
  const confirmed = await call('POST', '/account/v1/me/email-change/confirm', { code, signOut: 'everywhere' }, token);
  assert.equal(confirmed.status, 200);
  const undo = await linkIn(OWNER.email, 'email-change/undo');
  await page.goto(undo);
  await shoot('undo');
  await press(page);
  await shoot('undone');
  await page.goto(undo);
  await shoot('undo-again');

  await page.goto(await linkIn(OWNER.email, 'password-reset'));
  await shoot('new-password');
  await page.locator('#password').fill('rekey-2026-rekey');
  await press(page);
  assert.equal(await page.locator('#password:focus').inputValue(), '');
  await shoot('new-password-refused');
  await page.locator('#password').fill(`another horse, seen ${look}`);
  await press(page);
  await shoot('password-set');
  OWNER.password = `another horse, seen ${look}`;
  assert.ok(await signIn());

  await page.goto(await linkIn(OWNER.email, 'not-me'));
  await shoot('not-me');
  await press(page);
  await shoot('not-me-done');
  await page.goto(await linkIn(OWNER.email, 'password-reset'));
  await page.locator('#password').fill(`a third horse, seen ${look}`);
  await press(page);
  OWNER.password = `a third horse, seen ${look}`;
  assert.ok(await signIn());

  await page.goto(`${origin()}/password-reset`);
  await page.keyboard.press('Tab');
  await shoot('reset');
  await page.locator('#email').fill(OWNER.email);
  await page.keyboard.press('Enter');
  await page.locator('h1').waitFor();
  await shoot('reset-sent');
  await page.goto(`${origin()}/email-verification`);
  await shoot('verification');
  await page.locator('#email').fill(OWNER.email);
  await page.locator('#code').fill('000000');
  await press(page);
  await shoot('verification-refused');
  await page.goto(`${origin()}/problems/password.too-weak`);
  await shoot('problem');

  assert.deepEqual(faults, []);
  await context.close();
}

/** What a page asks for outside, and what its policy stops. */
function watch(page) {
  const faults = [];
  page.on(
    'console',
    (message) => /content security policy|blocked/i.test(message.text()) && faults.push(message.text()),
  );
  page.on('request', (request) => request.url().startsWith(origin()) || faults.push(request.url()));
  return faults;
}

async function press(page) {
  await Promise.all([page.waitForNavigation(), page.getByRole('button').click()]);
  assert.match(await page.locator('h1').textContent(), /./);
}

/** The link of the newest mail that has one which was not opened yet. */
async function linkIn(address, path) {
  const pattern = new RegExp(`^${origin()}/${path}/[\\w-]+$`, 'm');
  const isNew = ({ text }) => pattern.test(text) && !opened.has(text.match(pattern)[0]);
  const [link] = (await newestMail(address, isNew)).text.match(pattern);
  opened.add(link);
  return link;
}

async function newestMail(address, isWanted = () => true) {
  const url = `http://127.0.0.1:${internalPort}/dev/mailbox/messages?to=${encodeURIComponent(address)}`;
  return waitFor(`a mail to ${address}`, async () => (await (await fetch(url)).json()).messages.find(isWanted));
}

async function signIn() {
  return (await (await call('POST', '/account/v1/sessions', OWNER)).json()).accessToken;
}

function call(method, path, body, token) {
  const headers = { 'content-type': 'application/json', ...(token && { authorization: `Bearer ${token}` }) };
  return fetch(origin() + path, { method, headers, body: JSON.stringify(body) });
}

function startServer() {
  const env = {
    PATH: process.env.PATH,
    NODE_ENV: 'development',
    DATA_DIR: folder,
    PORT: String(port),
    INTERNAL_PORT: String(internalPort),
    BCRYPT_COST: '10',
    CODE_RESEND_SECONDS: '0',
    MAILS_PER_ADDRESS_PER_HOUR: '1000',
  };
  const main = join(root, 'dist/apps/api/src/main.js');
  return spawn(process.execPath, [main], { env, stdio: ['ignore', 'ignore', 'inherit'] });
}

function ready() {
  const isReady = () =>
    fetch(`${origin()}/health/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
  return waitFor('the server', isReady);
}

async function waitFor(what, find) {
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    if (server.exitCode !== null) throw new Error('The server has ended.');
    const found = await find();
    if (found) return found;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`There was no sign of ${what} in 30 s.`);
}

function origin() {
  return `http://localhost:${port}`;
}

function freePort() {
  return new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address();
      probe.close(() => resolve(free));
    });
  });
}
