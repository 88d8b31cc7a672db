// Walks the pages that mails link to in a real browser without scripts, and keeps pictures of them in artefacts/pages.
// Needs a build and Chromium (CHROMIUM, else /usr/bin/chromium). Run by `node test/browser/pages.browser.mjs`.
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { chromium } from 'playwright-core';
import { LOCALES } from '../../dist/libs/contracts/src/index.js';
import { startService } from './built-service.mjs';
import { expectHeard, groundIn, pressButton, tapButton, type } from './page-reader.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const pictures = join(root, 'artefacts/pages');
const OWNER = { email: 'ada@example.com', password: 'Correct-Horse-Battery-9' };
const LOOKS = {
  light: { colorScheme: 'light', viewport: { width: 1024, height: 768 } },
  dark: { colorScheme: 'dark', viewport: { width: 1024, height: 768 } },
  phone: { colorScheme: 'light', viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
};

const opened = new Set();
// First: a server must not be left behind by a browser that is not there.
const browser = await chromium.launch({
  executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
  args: ['--no-sandbox'],
});
const service = await startService({
  BCRYPT_COST: '10',
  CODE_RESEND_SECONDS: '0',
  MAILS_PER_ADDRESS_PER_HOUR: '1000',
});
mkdirSync(pictures, { recursive: true });
try {
  for (const locale of LOCALES) {
    for (const [look, options] of Object.entries(LOOKS)) await walk(`${locale}-${look}`, { ...options, locale });
  }
  console.log(`The pages work without scripts. Pictures: ${pictures}`);
} finally {
  await browser.close();
  await service.stop();
}

/** A thief moves the account away; its owner cancels, undoes and resets: by keys alone, on the phone by fingers. */
async function walk(look, options) {
  const context = await browser.newContext({ javaScriptEnabled: false, ...options });
  const page = await context.newPage();
  const faults = watch(page);
  const shoot = async (name) => {
    await page.screenshot({ path: join(pictures, `${name}-${look}.png`), fullPage: true });
    const isTooWide = await page.evaluate(() => document.documentElement.scrollWidth > window.innerWidth);
    assert.equal(isTooWide, false, `${name} is wider than its window (${look})`);
    await expectHeard(page, name);
  };
  const press = options.hasTouch ? tapButton : pressButton;
  const thief = `thief-${look}@example.net`;
  const token = await signIn();

  await call('POST', '/account/v1/me/email-change', { newEmail: thief, currentPassword: OWNER.password }, token);
  await page.goto(await linkIn(OWNER.email, 'email-change/cancel'));
  await shoot('cancel');
  await press(page);
  await shoot('cancelled');

  await call('POST', '/account/v1/me/email-change', { newEmail: thief, currentPassword: OWNER.password }, token);
  const code = codeIn(await newestMail(thief, codeIn));
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
  await type(page, 'password', 'rekey-2026-rekey');
  await press(page);
  assert.equal(await page.locator('#password:focus').inputValue(), '');
  await shoot('new-password-refused');
  await page.keyboard.type(`another horse, seen ${look}`);
  await press(page);
  await shoot('password-set');
  OWNER.password = `another horse, seen ${look}`;
  assert.ok(await signIn());

  await page.goto(await linkIn(OWNER.email, 'not-me'));
  await shoot('not-me');
  await press(page);
  await shoot('not-me-done');
  await page.goto(await linkIn(OWNER.email, 'password-reset'));
  await type(page, 'password', `a third horse, seen ${look}`);
  await press(page);
  OWNER.password = `a third horse, seen ${look}`;
  assert.ok(await signIn());

  await page.goto(`${service.publicUrl}/password-reset`);
  await type(page, 'email', OWNER.email);
  await shoot('reset');
  await press(page);
  await shoot('reset-sent');

  const unproved = await unprovedAccount(`newcomer-${look}@example.org`);
  await page.goto(`${service.publicUrl}/email-verification`);
  await shoot('verification');
  await type(page, 'email', unproved.email);
  await type(page, 'code', unproved.code === '000000' ? '000001' : '000000');
  await press(page);
  await shoot('verification-refused');
  await page.keyboard.type(unproved.email);
  await type(page, 'code', unproved.code);
  await press(page);
  await shoot('verified');
  assert.equal(await unproved.isVerified(), true);
  await page.goto(`${service.publicUrl}/problems/password.too-weak`);
  await shoot('problem');
  assert.notEqual(await groundIn(page, 'dark'), await groundIn(page, 'light'));

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
  page.on('request', (request) => request.url().startsWith(service.publicUrl) || faults.push(request.url()));
  return faults;
}

/** An account whose address nobody has proved, and the code that was mailed there. */
async function unprovedAccount(email) {
  const { password } = OWNER;
  const account = { email, password, emailVerified: false };
  await call('POST', '/internal/v1/accounts', account, await serviceToken(), service.internalUrl);
  const token = await signIn({ email, password });
  await call('POST', '/account/v1/email-verification', undefined, token);
  const code = codeIn(await newestMail(email, codeIn));
  const isVerified = async () => (await (await call('GET', '/account/v1/me', undefined, token)).json()).emailVerified;
  return { email, code, isVerified };
}

/** The link of the newest mail that has one which was not opened yet. */
async function linkIn(address, path) {
  const pattern = new RegExp(`^${service.publicUrl}/${path}/[\\w-]+$`, 'm');
  const isNew = ({ text }) => pattern.test(text) && !opened.has(text.match(pattern)[0]);
  const [link] = (await newestMail(address, isNew)).text.match(pattern);
  opened.add(link);
  return link;
}

function codeIn({ text }) {
  return text.match(/\b\d{6}\b/)?.[0];
}

async function newestMail(address, isWanted) {
  const url = `${service.internalUrl}/dev/mailbox/messages?to=${encodeURIComponent(address)}`;
  for (const end = Date.now() + 30_000; Date.now() < end; await pause(50)) {
    const mail = (await (await fetch(url)).json()).messages.find(isWanted);
    if (mail) return mail;
  }
  throw new Error(`No mail came to ${address} in 30 s.`);
}

async function signIn(login = OWNER) {
  return (await (await call('POST', '/account/v1/sessions', login)).json()).accessToken;
}

/** Of the service client that a development server starts with. */
async function serviceToken() {
  const authorization = `Basic ${btoa('dev:dev-secret-change-me-0000000000000000')}`;
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const answer = await fetch(`${service.internalUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization },
    body,
  });
  return (await answer.json()).access_token;
}

function call(method, path, body, token, base = service.publicUrl) {
  const headers = {
    ...(body && { 'content-type': 'application/json' }),
    ...(token && { authorization: `Bearer ${token}` }),
  };
  return fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
}
