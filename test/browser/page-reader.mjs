// How somebody without a mouse or without eyes uses a page.
import assert from 'node:assert/strict';

/** CSS pixels that a finger hits. */
const SMALLEST_TARGET = 44;

/** What a screen reader meets on each page, in its order. */
const HEARD = {
  cancel: ['heading', 'button'],
  cancelled: ['heading', 'link'],
  'cancel-again': ['heading', 'link'],
  undo: ['heading', 'button'],
  undone: ['heading', 'link'],
  'undo-again': ['heading', 'link'],
  'new-password': ['heading', 'textbox', 'button'],
  'new-password-refused': ['heading', 'alert', 'textbox', 'button'],
  'password-set': ['heading'],
  'not-me': ['heading', 'button'],
  'not-me-done': ['heading', 'link'],
  'not-me-again': ['heading', 'link'],
  'reset-again': ['heading', 'link'],
  reset: ['heading', 'textbox', 'button'],
  'reset-sent': ['heading', 'link'],
  verification: ['heading', 'textbox', 'textbox', 'button'],
  'verification-refused': ['heading', 'alert', 'textbox', 'textbox', 'button'],
  verified: ['heading'],
  problem: ['heading'],
  'email-change-cancel-expired': ['heading', 'link'],
  'email-change-cancel-unknown': ['heading', 'link'],
  'email-change-undo-expired': ['heading', 'link'],
  'email-change-undo-unknown': ['heading', 'link'],
  'not-me-expired': ['heading', 'link'],
  'not-me-unknown': ['heading', 'link'],
  'password-reset-expired': ['heading', 'link'],
  'password-reset-unknown': ['heading', 'link'],
  'foreign-form': ['heading'],
  'too-many-requests': ['heading'],
};

/** One main part, in it what is to be heard on this page, and a name for all that can be used. */
export async function expectHeard(page, name) {
  const heard = await page.locator('body').ariaSnapshot();
  assert.match(heard, /^- main:\n/);
  assert.equal(heard.match(/^- /gm).length, 1, `${name} has something outside of its main part:\n${heard}`);
  const parts = [...heard.matchAll(/^ +- (heading|alert|textbox|button|link)( "[^"]+")?/gm)];
  assert.deepEqual(
    parts.map(([, role]) => role),
    HEARD[name],
    heard,
  );
  assert.deepEqual(
    parts.filter(([, role, label]) => role !== 'alert' && !label),
    [],
    heard,
  );
}

export async function groundIn(page, colorScheme) {
  await page.emulateMedia({ colorScheme });
  return page.evaluate(() => getComputedStyle(document.body).backgroundColor);
}

export async function type(page, id, text) {
  await tabTo(page, id);
  await page.keyboard.type(text);
}

export async function pressButton(page) {
  await tabTo(page, '');
  assert.equal(await page.locator('button:focus').count(), 1);
  await Promise.all([page.waitForNavigation(), page.keyboard.press('Enter')]);
}

export async function tapButton(page) {
  const button = page.getByRole('button');
  const { width, height } = await button.boundingBox();
  assert.ok(Math.min(width, height) >= SMALLEST_TARGET, `a button of ${width} by ${height}`);
  await Promise.all([page.waitForNavigation(), button.tap()]);
}

/** One Tab brings the focus to the element of this id, and everybody sees that it is there. */
async function tabTo(page, id) {
  await page.keyboard.press('Tab');
  const focus = await page.evaluate(() => {
    const { outlineStyle, outlineWidth } = getComputedStyle(document.activeElement);
    return { id: document.activeElement.id, ring: `${outlineStyle} ${outlineWidth}` };
  });
  assert.deepEqual(focus, { id, ring: 'solid 3px' });
}
