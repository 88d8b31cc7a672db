// Walks the pages that mails link to in a real browser without scripts, and keeps pictures of them in artefacts/pages.
// Needs a build; CHROMIUM says where the browser is. Run by `node test/browser/pages.browser.mjs`.
import assert from 'node:assert/strict';
import { startService } from './built-service.mjs';
import { groundIn, pressButton, tapButton, type } from './page-reader.mjs';
import { OWNER, peopleOf } from './people.mjs';
import { inEveryLook, openBrowser, PICTURES } from './pictures.mjs';

// First: a server must not be left behind by a browser that is not there.
const browser = await openBrowser();
const service = await startService({
  BCRYPT_COST: '10',
  CODE_RESEND_SECONDS: '0',
  MAILS_PER_ADDRESS_PER_HOUR: '1000',
});
const people = peopleOf(service);
try {
  await inEveryLook(browser, service.publicUrl, walk);
  console.log(`The pages work without scripts. Pictures: ${PICTURES}`);
} finally {
  await browser.close();
  await service.stop();
}

/** A thief moves the account away; its owner cancels, undoes and resets: by keys alone, on the phone by fingers. */
async function walk(page, shoot, { name: look, hasTouch }) {
  const press = hasTouch ? tapButton : pressButton;
  const thief = `thief-${look}@example.net`;
  const token = await people.signIn();

  await people.startEmailChange(thief, token);
  const cancel = await people.linkIn(OWNER.email, 'email-change/cancel');
  await page.goto(cancel);
  await shoot('cancel');
  await press(page);
  await shoot('cancelled');
  await page.goto(cancel);
  await shoot('cancel-again');

  await people.startEmailChange(thief, token);
  await people.confirmEmailChange(thief, token);
  const undo = await people.linkIn(OWNER.email, 'email-change/undo');
  await page.goto(undo);
  await shoot('undo');
  await press(page);
  await shoot('undone');
  await page.goto(undo);
  await shoot('undo-again');

  const reset = await people.linkIn(OWNER.email, 'password-reset');
  await page.goto(reset);
  await shoot('new-password');
  await type(page, 'password', 'rekey-2026-rekey');
  await press(page);
  assert.equal(await page.locator('#password:focus').inputValue(), '');
  await shoot('new-password-refused');
  await page.keyboard.type(`another horse, seen ${look}`);
  await press(page);
  await shoot('password-set');
  await page.goto(reset);
  await shoot('reset-again');
  OWNER.password = `another horse, seen ${look}`;
  assert.ok(await people.signIn());

  const notMe = await people.linkIn(OWNER.email, 'not-me');
  await page.goto(notMe);
  await shoot('not-me');
  await press(page);
  await shoot('not-me-done');
  await page.goto(notMe);
  await shoot('not-me-again');
  await page.goto(await people.linkIn(OWNER.email, 'password-reset'));
  await type(page, 'password', `a third horse, seen ${look}`);
  await press(page);
  OWNER.password = `a third horse, seen ${look}`;
  assert.ok(await people.signIn());

  await page.goto(`${service.publicUrl}/password-reset`);
  await type(page, 'email', OWNER.email);
  await shoot('reset');
  await press(page);
  await shoot('reset-sent');

  const unproved = await people.unprovedAccount(`newcomer-${look}@example.org`);
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
}
