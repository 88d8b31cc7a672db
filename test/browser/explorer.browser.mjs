// The explorer in a real browser: each of the three published endpoints is authorised and run from the page.
import assert from 'node:assert/strict';
import { startService } from './built-service.mjs';
import { Explorer, openBrowser } from './explorer-driver.mjs';

const ACCOUNT = { email: 'ada@example.com', password: 'Correct-Horse-Battery-9' };
const NEW_PASSWORD = 'NewSecureP@ssw0rd!';
const NEW_EMAIL = '15201657312@163.com';

async function runApplivery(explorer) {
  await explorer.choose('applivery');
  await explorer.shot('applivery-document');
  const login = await explorer.run('post', '/v1/auth/login');
  assert.equal(login.status, 200, login.text);
  await explorer.authorise('access-token', JSON.parse(login.text).data.accessToken.token);
  const change = await explorer.run('post', '/v1/users/profile/change-password', { example: 'development account' });
  await explorer.shot('applivery');
  assert.deepEqual(change.prefilled, { oldPassword: 'CurrentSecureP@ss123', newPassword: NEW_PASSWORD });
  assert.equal(change.status, 200, change.text);
  assert.deepEqual(JSON.parse(change.text), { status: true, data: { passwordChanged: 'OK' } });
}

async function runBamboocloud(explorer, internalUrl) {
  await explorer.choose('bamboocloud');
  const login = await explorer.run('post', '/api/v2/sdk/login', {
    body: { user_name: ACCOUNT.email, password: NEW_PASSWORD },
  });
  assert.equal(login.status, 200, login.text);
  await explorer.authorise('id-token', JSON.parse(login.text).id_token);
  const send = await explorer.run('post', '/api/v2/sdk/email/send');
  assert.equal(send.status, 200, send.text);
  const body = { email: NEW_EMAIL, verify_code: await mailedCode(internalUrl, NEW_EMAIL) };
  const update = await explorer.run('post', '/api/v2/sdk/profile/update-email', { body });
  await explorer.shot('bamboocloud');
  assert.deepEqual(update.prefilled, { email: NEW_EMAIL, verify_code: '123456' });
  assert.equal(update.status, 200, update.text);
}

async function runVivoldi(explorer) {
  await explorer.choose('vivoldi');
  await explorer.shot('vivoldi-document');
  await explorer.authorise('api-key', 'APIKey dev-api-key-0000000000000000000000');
  const auth = await explorer.run('post', '/api/user/v1/auth');
  assert.equal(auth.status, 200, auth.text);
  await explorer.authorise('access-token', JSON.parse(auth.text).result);
  const update = await explorer.run('put', '/api/user/v1/update');
  await explorer.shot('vivoldi');
  assert.deepEqual(update.prefilled, { eml: 'yourchange@gmail.com', pwd: 'Zght943!' });
  assert.equal(update.status, 200, update.text);
  assert.deepEqual(JSON.parse(update.text), { code: 0, message: '', result: null });
}

async function runInternal(explorer) {
  await explorer.choose('internal');
  await explorer.authorise('service-client', 'dev', 'dev-secret-change-me-0000000000000000');
  const token = await explorer.run('post', '/oauth2/token');
  await explorer.shot('internal');
  assert.equal(token.status, 200, token.text);
}

/** The newest code; its mail is delivered a moment after the answer. */
async function mailedCode(internalUrl, address) {
  for (let tries = 0; tries < 100; tries += 1) {
    const answer = await fetch(`${internalUrl}/dev/mailbox/messages?to=${encodeURIComponent(address)}`);
    const code = /\b\d{6}\b/.exec((await answer.json()).messages[0]?.text ?? '')?.[0];
    if (code) return code;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`No code was mailed to ${address}.`);
}

const service = await startService();
const browser = await openBrowser();
try {
  const explorer = await Explorer.open(browser.context, service.publicUrl);
  await explorer.choose('account');
  await explorer.shot('account');
  await runApplivery(explorer);
  await runBamboocloud(explorer, service.internalUrl);
  await runVivoldi(explorer);
  const internal = await Explorer.open(browser.context, service.internalUrl);
  await runInternal(internal);
  assert.deepEqual([...explorer.complaints, ...internal.complaints], []);
  console.log('explorer: each endpoint was authorised and run from the page, without a complaint');
} finally {
  await browser.close();
  await service.stop();
}
