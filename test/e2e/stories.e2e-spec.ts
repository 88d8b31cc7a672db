import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, GOOD_PASSWORD, type TestAccount } from '../support/factories';
import { type LinkedPage, pathIn, tokenIn } from '../support/mailed';
import { type Changed, CHANGES, signInEverywhere, TOKEN_DOORS, type Tokens } from '../support/surfaces';
import { codeTo, me, OTHER_STRONG_PASSWORD, ROOT, STRONG_PASSWORD, trySignIn } from './native-driver';
import { press, titleOf } from './pages-reader';

type Change = (typeof CHANGES)[string];

/** Without the one that a mail to the owner decides: no thief of these stories reads it. */
const DOORS = Object.entries(CHANGES).filter(([name]) => name !== 'bamboocloud password by code');
const EMAIL_DOORS = DOORS.filter(([name]) => !name.includes('password'));
/** What their contracts let whoever is signed in do, without the password. */
const ASK_NO_PASSWORD = ['vivoldi e-mail', 'vivoldi password', 'vivoldi both', 'bamboocloud e-mail'];

const UNKNOWN = 'what the thief does not know';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi({ codeResendSeconds: 0 });
});
afterAll(() => api.close());

const pageOf = (owner: TestAccount, { email }: Changed): LinkedPage =>
  email === owner.email ? 'not-me' : 'email-change/undo';
const newestTo = async (email: string) => (await api.mailsTo(email))[0];
const linkTo = async ({ email }: TestAccount, page: LinkedPage) => {
  const mails = await api.mailsTo(email);
  return pathIn(mails.find(({ text }) => text.includes(`/${page}/`)) ?? mails[0], page);
};

async function done(owner: TestAccount, tokens: Tokens, change: Change): Promise<Changed & TestAccount> {
  const changed = await change(api, owner, tokens);
  expect(changed.status).toBe(200);
  return { ...owner, ...changed };
}

async function expectAccepted({ all }: Tokens, accepted: boolean): Promise<void> {
  for (const token of all) {
    for (const [door, accepts] of Object.entries(TOKEN_DOORS)) {
      expect([door, await accepts(api, token)]).toEqual([door, accepted]);
    }
  }
}

/** A thief who has changed the address alone asks for a reset there. None comes where nobody proved it [L-7]. */
async function withAPassword(thief: TestAccount): Promise<TestAccount> {
  if (thief.password !== UNKNOWN) return thief;
  await api.http.post(`${ROOT}/password-reset`, { email: thief.email });
  const link = (await api.mailsTo(thief.email)).find(({ text }) => text.includes('/password-reset/'));
  if (!link) return thief;
  const body = { token: tokenIn(link, 'password-reset'), newPassword: OTHER_STRONG_PASSWORD };
  expect((await api.http.post(`${ROOT}/password-reset/confirm`, body)).status).toBe(204);
  return { ...thief, password: OTHER_STRONG_PASSWORD };
}

/** The owner opens the link, presses the button, and sets a new password by the mail that comes of it. */
async function takeBack(owner: TestAccount, path: string): Promise<TestAccount> {
  expect((await press(api, await api.http.get(path))).status).toBe(200);
  const choose = await api.http.get(await linkTo(owner, 'password-reset'));
  expect((await press(api, choose, { newPassword: STRONG_PASSWORD })).status).toBe(200);
  return { ...owner, password: STRONG_PASSWORD };
}

/** The owner is in again at every door, and nothing that the thief has opens anything. */
async function expectBack(owner: TestAccount, thief: TestAccount, stolen: Tokens[]): Promise<void> {
  for (const tokens of stolen) await expectAccepted(tokens, false);
  for (const email of [owner.email, thief.email]) {
    for (const password of [GOOD_PASSWORD, thief.password]) {
      expect((await trySignIn(api, { email, password })).status).toBe(401);
    }
  }
  await expectAccepted(await signInEverywhere(api, owner), true);
  expect((await newestTo(owner.email))?.subject).toBe('Your password was changed');
}

describe.each(DOORS)('[L-17] [S-64] a thief at the door "%s"', (name, change) => {
  it('with a stolen session gets no further than the contract lets, and the owner’s mailbox takes it back', async () => {
    const owner = await anAccount(api);
    const stolen = await signInEverywhere(api, owner);
    const changed = await change(api, { ...owner, password: UNKNOWN }, stolen);
    if (!ASK_NO_PASSWORD.includes(name)) {
      expect(changed.status).toBeGreaterThanOrEqual(400);
      return expectAccepted(stolen, true);
    }
    expect(changed.status).toBe(200);
    const thief = await withAPassword({ ...owner, ...changed });
    expect(thief.password === UNKNOWN).toBe(name === 'vivoldi e-mail');
    const thiefs = thief.password === UNKNOWN ? [] : [await signInEverywhere(api, thief)];
    const back = await takeBack(owner, await linkTo(owner, pageOf(owner, changed)));
    return expectBack(back, thief, [stolen, ...thiefs]);
  });

  it('with a stolen password is shut out by the owner’s mailbox', async () => {
    const owner = await anAccount(api);
    const stolen = await signInEverywhere(api, owner);
    const thief = await done(owner, stolen, change);
    const thiefs = await signInEverywhere(api, thief);
    const back = await takeBack(owner, await linkTo(owner, pageOf(owner, thief)));
    await expectBack(back, thief, [stolen, thiefs]);
  });

  it('[L-11] [S-77] gains nothing by a scanner that reads the mails; the press works, and a second one is told so kindly', async () => {
    const owner = await anAccount(api);
    const thief = await done(owner, await signInEverywhere(api, owner), change);
    const thiefs = await signInEverywhere(api, thief);
    const path = await linkTo(owner, pageOf(owner, thief));
    for (const method of ['GET', 'HEAD', 'GET']) {
      expect((await api.http.send(method, path, undefined, {})).status).toBe(200);
    }
    await expectAccepted(thiefs, true);
    const back = await takeBack(owner, path);
    const again = await api.http.get(path);
    expect([again.status, titleOf(again)]).toEqual([422, 'This link does not work any more']);
    await expectAccepted(await signInEverywhere(api, back), true);
  });
});

describe.each(
  EMAIL_DOORS.map(([name, change], n) => ({ name, change, next: EMAIL_DOORS.at(n - 1) as [string, Change] })),
)('the chain A → B by $name → C by $next.0', ({ change, next: [, next] }) => {
  it('[L-17] [S-63] [S-64] is undone whole by the first mailbox, and each is told', async () => {
    const owner = await anAccount(api);
    const b = await done(owner, await signInEverywhere(api, owner), change);
    const atB = await signInEverywhere(api, b);
    const c = await done(b, atB, next);
    const atC = await signInEverywhere(api, c);
    const back = await takeBack(owner, await linkTo(owner, 'email-change/undo'));
    for (const { email } of [b, c]) {
      expect((await newestTo(email))?.subject).toBe('An e-mail address was taken off an account');
    }
    await expectBack(back, c, [atB, atC]);
  });

  it('[L-11] harms no honest owner: an old link says what it would do, and does nothing unless it is pressed', async () => {
    const owner = await anAccount(api);
    const b = await done(owner, await signInEverywhere(api, owner), change);
    const c = await done(b, await signInEverywhere(api, b), next);
    const tokens = await signInEverywhere(api, c);
    const page = await api.http.get(await linkTo(owner, 'email-change/undo'));
    expect(page.text).toContain('becomes p***@example.com again. Now it is m***@example.net.');
    expect(page.text).toContain('Did you change the address yourself? Then close this page: nothing happens.');
    await expectAccepted(tokens, true);
  });
});

describe.each(EMAIL_DOORS)('an owner whose old mailbox is lost, by %s', (_, change) => {
  it('needs nothing from it to move, and has the account for good when its days are over', async () => {
    const owner = await anAccount(api);
    const moved = await done(owner, await signInEverywhere(api, owner), change);
    const tokens = await signInEverywhere(api, moved);
    const accessToken = tokens.access;
    if (!(await me(api, { accessToken })).body.emailVerified) {
      const confirm = { email: moved.email, code: await codeTo(api, moved.email) };
      const form = await api.http.get('/email-verification');
      expect((await press(api, form, confirm)).status).toBe(200);
    }
    const undo = await linkTo(owner, 'email-change/undo');
    await api.age('7 days 1 second');
    expect((await api.http.get(undo)).status).toBe(422);
    await api.http.post(`${ROOT}/password-reset`, { email: moved.email });
    const choose = await api.http.get(await linkTo(moved, 'password-reset'));
    expect((await press(api, choose, { newPassword: STRONG_PASSWORD })).status).toBe(200);
    await expectAccepted(await signInEverywhere(api, { ...moved, password: STRONG_PASSWORD }), true);
  });
});
