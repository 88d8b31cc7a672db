// The pages of links that are expired or unknown, of a form of another site, and of too many requests.
// Needs a build; CHROMIUM says where the browser is. Run by `node test/browser/refusals.browser.mjs`.
import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { startService } from './built-service.mjs';
import { OWNER, peopleOf } from './people.mjs';
import { inEveryLook, openBrowser } from './pictures.mjs';

/** A minute has to have room for all that comes before this is the matter. */
const REQUESTS_PER_MINUTE = 300;
const PAGES = ['email-change/cancel', 'email-change/undo', 'not-me', 'password-reset'];

const browser = await openBrowser();
const service = await startService({ CODE_SECONDS: '1', SOURCE_REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE) });
try {
  const expired = await expiredLink();
  await inEveryLook(browser, service.publicUrl, async (page, shoot) => {
    assert.equal((await page.goto(expired)).status(), 422);
    await shoot('cancel-expired');
    for (const path of PAGES) {
      assert.equal((await page.goto(`${service.publicUrl}/${path}/unknown`)).status(), 422);
      await shoot(`${path.replace('/', '-')}-unknown`);
    }
    // Of nobody's site: what is written into one of ours would be ours.
    await page.goto('about:blank');
    await page.setContent(
      `<form method="post" action="${service.publicUrl}/password-reset"><button>Go</button></form>`,
    );
    const [answer] = await Promise.all([page.waitForNavigation(), page.getByRole('button').click()]);
    assert.equal(answer.status(), 403);
    await shoot('foreign-form');
  });
  await inEveryLook(browser, service.publicUrl, async (page, shoot) => {
    await useUpRequests();
    assert.equal((await page.goto(`${service.publicUrl}/password-reset`)).status(), 429);
    await shoot('too-many-requests');
  });
  console.log('Each refusal is a page that can be read and used.');
} finally {
  await browser.close();
  await service.stop();
}

/** Lives a second from when it is mailed. */
async function expiredLink() {
  const people = peopleOf(service);
  await people.startEmailChange('new@example.net', await people.signIn());
  const link = await people.linkIn(OWNER.email, 'email-change/cancel');
  while ((await fetch(link)).ok) await pause(100);
  return link;
}

async function useUpRequests() {
  for (let n = 0; n <= REQUESTS_PER_MINUTE; n++) {
    const { status } = await fetch(`${service.publicUrl}/password-reset`);
    if (status === 429) return;
  }
  throw new Error(`${REQUESTS_PER_MINUTE} requests were not too many.`);
}
