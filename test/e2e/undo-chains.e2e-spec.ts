import { EmailUndos } from '../../libs/account/src/email-undos';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { CHANGES, signInEverywhere, TOKEN_DOORS } from '../support/surfaces';
import { codeTo, me, ROOT, tokenTo, trySignIn } from './native-driver';
import { press } from './pages-reader';
import { address, emailOf, prove, put, sessionOf, undo, UNDO_PAGE, undoFrom } from './undo-driver';

const EMAIL_CHANGES = Object.entries(CHANGES).filter(([name]) => !name.includes('password'));
const TOLD = {
  again: 'Your e-mail address was changed again',
  changed: 'Your e-mail address was changed',
  linkEnded: 'Your link to undo a change of address no longer works',
  undone: 'An e-mail address was taken off an account',
  undoneByNewer: 'A change of your e-mail address was undone',
};

describe('an undo through a chain of changes', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0 });
  });
  afterAll(() => api.close());

  const newestTo = async (mailbox: string) => (await api.mailsTo(mailbox))[0];
  const hasLink = async (mailbox: string) =>
    (await api.mailsTo(mailbox)).some(({ text }) => text.includes(`${UNDO_PAGE}/`));

  /** By the code that was mailed when the address took effect. */
  async function verified(account: TestAccount): Promise<TestAccount> {
    const headers = bearer(await sessionOf(api, account));
    const body = { code: await codeTo(api, account.email) };
    expect((await api.http.post(`${ROOT}/email-verification/confirm`, body, headers)).status).toBe(200);
    return account;
  }

  it('[S-63] [S-64] [L-10] [L-17] tells every mailbox of each further change, and of the undo, and the first link still restores', async () => {
    const a = await anAccount(api);
    const b = await prove(api, a, address('b'));
    const c = await prove(api, b, address('c'));
    const d = await put(api, c, address('d'));
    const [toA, toB, toC] = [await newestTo(a.email), await newestTo(b.email), await newestTo(c.email)];
    expect([toA, toB, toC].map((mail) => mail?.subject)).toEqual([TOLD.again, TOLD.again, TOLD.changed]);
    expect(toA?.text).toContain('d***@example.org');
    expect(toA?.text).toContain('its link to undo still works');
    expect([toA?.text, toB?.text].join()).not.toContain(`${UNDO_PAGE}/`);

    expect((await undoFrom(api, a.email)).body.email).toBe(a.email);
    for (const { email } of [b, c, d]) expect((await newestTo(email))?.subject).toBe(TOLD.undone);
    for (const { email } of [b, c]) expect((await undoFrom(api, email)).body.code).toBe('link.invalid');
    expect(await emailOf(api, a)).toBe(a.email);
  });

  it('[S-63] [S-64] tells an older mailbox of the undo by a newer one, and its own link still has the say', async () => {
    const a = await anAccount(api);
    const b = await prove(api, a, address('b'));
    const c = await prove(api, b, address('c'));
    expect((await undoFrom(api, b.email)).body.email).toBe(b.email);
    const toA = await newestTo(a.email);
    expect(toA?.subject).toBe(TOLD.undoneByNewer);
    expect(toA?.text).toContain('b***@example.org');
    expect(toA?.text).toContain('c***@example.org');
    expect((await newestTo(c.email))?.subject).toBe(TOLD.undone);

    expect((await undoFrom(api, a.email)).body.email).toBe(a.email);
    expect((await newestTo(b.email))?.subject).toBe(TOLD.undone);
  });

  it('[S-64] tells a mailbox that was undone and has an older link still that it has', async () => {
    const a = await anAccount(api);
    const b = await prove(api, a, address('b'));
    await put(api, await put(api, b, a.email), address('c'));
    await undoFrom(api, b.email);
    expect((await newestTo(a.email))?.text).toContain('its link to undo still works');
  });

  it('[S-64] gives no link to an address that was left for an older one, and ends those that lead to it', async () => {
    const a = await anAccount(api);
    const b = await prove(api, a, address('thief'));
    const c = await prove(api, b, address('thief-2'));
    await prove(api, c, a.email);
    expect((await undoFrom(api, b.email)).body.code).toBe('link.invalid');
    expect(await hasLink(c.email)).toBe(false);
    for (const { email } of [b, c]) expect((await newestTo(email))?.text).toContain('has no link to undo that');
    for (const { email } of [b, c]) await anAccount(api, { email });
    // The owner's first link is as good as before, and shuts everybody out.
    expect((await undoFrom(api, a.email)).status).toBe(200);
  });

  it('[S-64] a mailbox that was left twice has two links, of which one press spends both', async () => {
    const a = await anAccount(api);
    const back = await prove(api, await prove(api, a, address('thief')), a.email);
    const first = await tokenTo(api, a.email, UNDO_PAGE);
    await put(api, back, address('thief'));
    const second = await tokenTo(api, a.email, UNDO_PAGE);
    expect(second).not.toBe(first);
    expect((await undo(api, second)).status).toBe(200);
    expect((await undo(api, first)).body.code).toBe('link.invalid');
  });

  it('[S-64] [L-7] gives no link to an address that nobody proved while an older one has one', async () => {
    const a = await anAccount(api);
    const b = await put(api, a, address('thief'));
    const c = await put(api, b, address('thief-2'));
    expect(await hasLink(b.email)).toBe(false);
    expect((await newestTo(b.email))?.text).toContain('has no link to undo that');
    await anAccount(api, { email: b.email });
    expect((await undoFrom(api, a.email)).status).toBe(200);
    for (const { email } of [b, c]) expect((await newestTo(email))?.subject).toBe(TOLD.undone);
  });

  it('[L-17] who cannot read the older mailbox cannot shut the newer one out by it', async () => {
    const lost = await anAccount(api);
    const owner = await prove(api, lost, address('owner'));
    const thief = await put(api, await put(api, owner, lost.email), address('thief'));
    expect((await undoFrom(api, owner.email)).body.email).toBe(owner.email);
    expect(await emailOf(api, thief)).toBe(owner.email);
  });

  it('[L-17] [S-64] the newest of a mailbox’s links shuts out who came between it and the first', async () => {
    const owner = await anAccount(api);
    const thief = await verified(await put(api, owner, address('thief')));
    await put(api, await put(api, thief, owner.email), address('thief-2'));
    const between = await tokenTo(api, thief.email, UNDO_PAGE);
    expect((await undoFrom(api, owner.email)).body.email).toBe(owner.email);
    expect((await undo(api, between)).body.code).toBe('link.invalid');
    expect((await newestTo(thief.email))?.subject).toBe(TOLD.undone);
  });

  it('[L-17] [S-64] a younger mailbox that speaks takes no link from an older one, not the newest either', async () => {
    const owner = await anAccount(api);
    const thief = await verified(await put(api, owner, address('thief')));
    await verified(await put(api, await put(api, thief, owner.email), thief.email));
    expect((await undoFrom(api, owner.email)).body.email).toBe(owner.email);
  });

  it('[L-17] a reset that was asked for in the moment of the undo opens nothing to the address that it took off', async () => {
    const owner = await anAccount(api);
    const thief = await prove(api, owner, address('thief'));
    const undos = api.app.get(EmailUndos);
    const mayRecover = undos.mayRecover.bind(undos);
    const asked = jest.spyOn(undos, 'mayRecover').mockImplementationOnce(async (account) => {
      const answer = await mayRecover(account);
      expect((await undoFrom(api, owner.email)).status).toBe(200);
      return answer;
    });
    expect((await api.http.post(`${ROOT}/password-reset`, { email: thief.email })).status).toBe(202);
    asked.mockRestore();
    await api.drain();
    expect((await api.mailsTo(thief.email)).filter(({ text }) => text.includes('/password-reset/'))).toEqual([]);
    const token = await tokenTo(api, owner.email, '/password-reset');
    const body = { token, newPassword: OTHER_GOOD_PASSWORD };
    expect((await api.http.post(`${ROOT}/password-reset/confirm`, body)).status).toBe(204);
  });

  it('[S-64] gives a mailbox that has a link another one when its address is left again, though it came back unproved', async () => {
    const a = await anAccount(api);
    await put(api, await put(api, await put(api, a, address('thief')), a.email), address('thief'));
    expect((await newestTo(a.email))?.text).toContain(`${UNDO_PAGE}/`);
  });

  it('[L-7] a reset goes to an address that came back unproved, when no other mailbox can take the account back', async () => {
    const a = await anAccount(api);
    await put(api, await put(api, a, address('thief')), a.email);
    await api.http.post(`${ROOT}/password-reset`, { email: a.email });
    expect((await newestTo(a.email))?.subject).toBe('Set a new password');
  });

  it('[S-64] restores an address that the account has come back to and that its mailbox did not prove', async () => {
    const b = await prove(api, await anAccount(api), address('b'));
    const back = await put(api, await prove(api, b, address('thief')), b.email);
    expect((await undoFrom(api, b.email)).body.email).toBe(b.email);
    expect(await emailOf(api, back)).toBe(b.email);
  });

  it('[S-63] [S-64] ends the newer links once the mailbox that the account came back to is proved, and tells theirs alone', async () => {
    const a = await anAccount(api);
    const b = await prove(api, a, address('thief'));
    const back = await put(api, b, a.email);
    expect(await hasLink(b.email)).toBe(true);
    const code = await codeTo(api, a.email);
    const proved = await api.http.post(
      `${ROOT}/email-verification/confirm`,
      { code },
      bearer(await sessionOf(api, back)),
    );
    expect(proved.status).toBe(200);
    expect((await undoFrom(api, b.email)).body.code).toBe('link.invalid');
    expect((await newestTo(b.email))?.subject).toBe(TOLD.linkEnded);
    expect((await newestTo(a.email))?.subject).not.toBe(TOLD.linkEnded);
    await anAccount(api, { email: b.email });
  });

  it.each(EMAIL_CHANGES)('[S-64] takes the account back after a change by %s', async (_, change) => {
    const owner = await anAccount(api);
    const changed = await change(api, owner, await signInEverywhere(api, owner));
    const thiefs = await signInEverywhere(api, { ...owner, ...changed });
    expect((await undoFrom(api, owner.email)).body).toEqual({ email: owner.email, passwordResetRequired: true });
    for (const token of thiefs.all) {
      for (const accepts of Object.values(TOKEN_DOORS)) expect(await accepts(api, token)).toBe(false);
    }
    for (const email of [owner.email, changed.email]) {
      expect((await trySignIn(api, { ...changed, email })).status).toBe(401);
    }
  });

  describe('its page', () => {
    const questionOf = async (mailbox: string) =>
      api.http.get(`${UNDO_PAGE}/${await tokenTo(api, mailbox, UNDO_PAGE)}`);

    it('[L-11] shows an owner who has moved twice what an old link would do, and does nothing unless it is pressed', async () => {
      const a = await anAccount(api);
      const c = await prove(api, await prove(api, a, address('b')), address('c'));
      const { accessToken } = await aSession(api, c);
      const question = await questionOf(a.email);
      expect(question.text).toContain('becomes p***@example.com again. Now it is c***@example.org.');
      expect(question.text).toContain('Did you change the address yourself? Then close this page: nothing happens.');
      expect((await me(api, { accessToken })).body.email).toBe(c.email);
    });

    it('says of an address that has come back already that it stays', async () => {
      const a = await anAccount(api);
      await prove(api, await prove(api, a, address('b')), a.email);
      const question = await questionOf(a.email);
      expect(question.text).toContain('stays p***@example.com: it has come back already.');
      expect((await press(api, question)).text).toContain(a.email);
    });
  });
});
