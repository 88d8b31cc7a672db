// The pages of links that are expired or unknown, of a form of another site, and of too many requests.
// Needs a build; CHROMIUM says where the browser is. Run by `node test/browser/refusals.browser.mjs`.
import assert from 'node:assert/strict';
import { startService } from './built-service.mjs';
import { OWNER, peopleOf } from './people.mjs';
import { inEveryLook, openBrowser } from './pictures.mjs';

/** A minute has to have room for all that comes before this is the matter. */
const REQUESTS_PER_MINUTE = 300;
const PAGES = ['email-change/cancel', 'email-change/undo', 'not-me', 'password-reset'];

const browser = await openBrowser();
const service = await startService({
  CODE_RESEND_SECONDS: '0',
  SOURCE_REQUESTS_PER_MINUTE: String(REQUESTS_PER_MINUTE),
});
try {
  const expired = await expiredLinks();
  await inEveryLook(browser, service.publicUrl, async (page, shoot) => {
    for (const path of PAGES) {
      const links = { expired: expired[path], unknown: `${service.publicUrl}/${path}/unknown` };
      for (const [kind, link] of Object.entries(links)) {
        assert.equal((await page.goto(link)).status(), 422);
        await shoot(`${path.replace('/', '-')}-${kind}`);
      }
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

/** One for each page, all of one account. Every one of them works until its time is over. */
async function expiredLinks() {
  const people = peopleOf(service);
  const [left, email] = [OWNER.email, 'moved@example.net'];
  const first = await people.signIn();
  await people.startEmailChange(email, first);
  await people.confirmEmailChange(email, first);

  const passwords = { currentPassword: OWNER.password, newPassword: 'another horse, seen by nobody' };
  const second = await people.signIn({ email, password: OWNER.password });
  await people.call('PUT', '/account/v1/me/password', passwords, second);
  OWNER.password = passwords.newPassword;

  await people.startEmailChange('new@example.net', await people.signIn({ email, password: OWNER.password }));
  await people.call('POST', '/account/v1/password-reset', { email });
  const links = {};
  for (const path of PAGES) links[path] = await people.linkIn(path === 'email-change/undo' ? left : email, path);
  for (const link of Object.values(links)) assert.equal((await fetch(link)).status, 200);
  await service.expireLinks();
  return links;
}

async function useUpRequests() {
  for (let n = 0; n <= REQUESTS_PER_MINUTE; n++) {
    const { status } = await fetch(`${service.publicUrl}/password-reset`);
    if (status === 429) return;
  }
  throw new Error(`${REQUESTS_PER_MINUTE} requests were not too many.`);
}
