import { bootApi, type TestApi } from '../support/boot-api';
import {
  aPerson,
  changePassword,
  codeTo,
  confirmEmailChange,
  me,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';

describe('chains of attack that work elsewhere', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const reset = (email: string) => api.http.post(`${ROOT}/password-reset`, { email });
  const confirmReset = (token: string, newPassword = STRONG_PASSWORD) =>
    api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword });

  it('[L-8] a new password that is refused has ended nothing: sessions, pending change and reset link go on', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const other = await signIn(api, account);
    const newEmail = `new-${account.email}`;
    await startEmailChange(api, headers, newEmail);
    await reset(account.email);
    const link = await tokenTo(api, account.email, '/password-reset');

    expect((await changePassword(api, headers, { newPassword: 'short' })).body.code).toBe('password.too-weak');
    expect((await confirmReset(link, 'short')).body.code).toBe('password.too-weak');
    for (const each of [tokens, other])
      expect((await me(api, each)).body.pendingEmailChange).toMatchObject({ newEmail });
    expect((await confirmReset(link)).status).toBe(204);
  });

  it('[L-9] an alert comes although the mailbox has had all mails of the hour that others can ask for', async () => {
    const { account, headers } = await aPerson(api);
    for (let n = 0; n < 12; n++) {
      await reset(account.email);
      await api.age('61 seconds');
    }
    const before = (await api.mailsTo(account.email)).length;
    await reset(account.email);
    expect(await api.mailsTo(account.email)).toHaveLength(before);
    await changePassword(api, headers);
    expect((await api.mailsTo(account.email))[0]?.subject).toBe('Your password was changed');
  });

  it('[L-10] an alert that is late goes to the address of its change, not to the one that a thief has put', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const thiefsEmail = `thief-${account.email}`;
    await api.dataSource.query(`UPDATE outbox_delivery SET status = 'done', sealed = NULL WHERE status = 'due'`);
    const { body } = await changePassword(api, headers);
    const undelivered = `UPDATE outbox_delivery SET available_at = available_at + interval '1 hour' WHERE target = $1`;
    await api.dataSource.query(undelivered, [account.email]);
    const thief = { authorization: `Bearer ${body.tokens.accessToken}` };
    await startEmailChange(api, thief, thiefsEmail, STRONG_PASSWORD);
    await confirmEmailChange(api, thief, await codeTo(api, thiefsEmail));
    await api.age('2 hours');
    const subjects = async (address: string) => (await api.mailsTo(address)).map(({ subject }) => subject);
    expect(await subjects(account.email)).toContain('Your password was changed');
    expect(await subjects(thiefsEmail)).not.toContain('Your password was changed');
    expect((await me(api, tokens)).status).toBe(401);
  });

  it('[L-14] a pending change takes nothing from the old address: it is verified, signs in and is sent resets', async () => {
    const { account, tokens, headers } = await aPerson(api);
    await startEmailChange(api, headers, `new-${account.email}`);
    expect((await me(api, tokens)).body).toMatchObject({ email: account.email, emailVerified: true });
    expect((await trySignIn(api, account)).status).toBe(201);
    await reset(account.email);
    expect((await confirmReset(await tokenTo(api, account.email, '/password-reset'))).status).toBe(204);
  });

  it('[L-15] nobody but its owner sends a pending change again, stops it, or moves its end', async () => {
    const [owner, stranger] = [await aPerson(api), await aPerson(api)];
    const newEmail = `new-${owner.account.email}`;
    await startEmailChange(api, owner.headers, newEmail);
    await api.age('61 seconds');
    const before = (await me(api, owner.tokens)).body.pendingEmailChange;
    for (const headers of [{}, stranger.headers]) {
      const resend = await api.http.post(`${ROOT}/me/email-change/resend`, undefined, headers);
      const cancel = await api.http.delete(`${ROOT}/me/email-change`, headers);
      expect([resend.status, cancel.status]).not.toContain(202);
    }
    expect((await me(api, owner.tokens)).body.pendingEmailChange).toEqual(before);
    expect(await api.mailsTo(newEmail)).toHaveLength(1);
  });

  it('[S-74] no token of another step, account or purpose sets a password', async () => {
    const [owner, thief] = [await aPerson(api), await aPerson(api)];
    await startEmailChange(api, owner.headers, `new-${owner.account.email}`);
    const cancelToken = await tokenTo(api, owner.account.email, '/email-change/cancel');
    await startEmailChange(api, thief.headers, `new-${thief.account.email}`);
    await confirmEmailChange(api, thief.headers, await codeTo(api, `new-${thief.account.email}`));
    const undoToken = await tokenTo(api, thief.account.email, '/email-change/undo');
    const { tokens } = owner;
    for (const token of [cancelToken, undoToken, tokens.refreshToken, tokens.session.id, owner.account.id, '']) {
      expect((await confirmReset(token)).status).toBe(422);
    }
    await reset(owner.account.email);
    const link = await tokenTo(api, owner.account.email, '/password-reset');
    const body = { token: link, newPassword: STRONG_PASSWORD, email: thief.account.email };
    expect((await api.http.post(`${ROOT}/password-reset/confirm`, body)).status).toBe(422);
    expect((await trySignIn(api, owner.account)).status).toBe(201);
    expect((await trySignIn(api, { ...owner.account, password: STRONG_PASSWORD })).status).toBe(401);
  });

  it('[R7] of starts at once one is pending, and its code alone works', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const addresses = Array.from({ length: 4 }, (_, n) => `r7-${n}-${account.email}`);
    await Promise.all(addresses.map((address) => startEmailChange(api, headers, address)));
    await api.drain();
    const { newEmail } = (await me(api, tokens)).body.pendingEmailChange;
    for (const address of addresses.filter((each) => each !== newEmail)) {
      const mails = await api.mailsTo(address);
      if (mails.length === 0) continue;
      const answer = await confirmEmailChange(api, headers, await codeTo(api, address));
      expect(answer.body.code).toBe('code.invalid');
    }
    expect((await me(api, tokens)).body.email).toBe(account.email);
    expect((await confirmEmailChange(api, headers, await codeTo(api, newEmail))).body.email).toBe(newEmail);
  });

  it('[R11] of twelve accounts that confirm one address at once exactly one gets it', async () => {
    const email = 'wanted-by-twelve@example.com';
    const people = [];
    for (let n = 0; n < 12; n++) {
      const person = await aPerson(api);
      await startEmailChange(api, person.headers, email);
      people.push({ ...person, code: await codeTo(api, email) });
      // The hour's mails to one mailbox are fewer.
      await api.dataSource.query('DELETE FROM guess_budget');
    }
    const answers = await Promise.all(people.map(({ headers, code }) => confirmEmailChange(api, headers, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([`409 email.unavailable`, '422 code.invalid']).toContain(`${status} ${body.code}`);
    }
    const holders = await api.dataSource.query('SELECT 1 FROM account WHERE email = $1', [email]);
    expect(holders).toHaveLength(1);
  });
});
