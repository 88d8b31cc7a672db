import { ManageAccount } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, OTHER_GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { pathIn } from '../support/mailed';
import { CHANGES, signInEverywhere, TOKEN_DOORS } from '../support/surfaces';
import {
  aPerson,
  changePassword,
  codeTo,
  confirmEmailChange,
  expectProblem,
  me,
  ROOT,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';
import { press, titleOf } from './pages-reader';

const PASSWORD_CHANGES = Object.entries(CHANGES).filter(([name]) => name.includes('password'));

describe('"this was not me", in the mail about a new password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0 });
  });
  afterAll(() => api.close());

  const disown = (token: string) => api.http.post(`${ROOT}/not-me`, { token });
  const newestTo = async (address: string) => (await api.mailsTo(address))[0];
  const linkTo = (address: string) => tokenTo(api, address, '/not-me');
  const askForReset = (email: string) => api.http.post(`${ROOT}/password-reset`, { email });
  const resetFrom = async (email: string, newPassword = OTHER_GOOD_PASSWORD) =>
    api.http.post(`${ROOT}/password-reset/confirm`, {
      token: await tokenTo(api, email, '/password-reset'),
      newPassword,
    });

  /** Somebody has changed the password; `token` is what the mailbox has. */
  async function aNewPassword() {
    const { account, headers } = await aPerson(api);
    const { body } = await changePassword(api, headers);
    const changed = { ...account, password: STRONG_PASSWORD };
    return { account: changed, tokens: body.tokens, token: await linkTo(account.email) };
  }

  it.each(PASSWORD_CHANGES)('takes the account back after a change by %s', async (_, change) => {
    const owner = await anAccount(api);
    const { password } = await change(api, owner, await signInEverywhere(api, owner));
    const thief = { ...owner, password };
    const thiefs = await signInEverywhere(api, thief);

    const answer = await disown(await linkTo(owner.email));
    expect([answer.status, answer.body]).toEqual([200, { email: owner.email, passwordResetRequired: true }]);
    for (const token of thiefs.all) {
      for (const accepts of Object.values(TOKEN_DOORS)) expect(await accepts(api, token)).toBe(false);
    }
    for (const each of [owner, thief]) expect((await trySignIn(api, each)).status).toBe(401);

    const mail = await newestTo(owner.email);
    expect(mail?.subject).toBe('Nobody can sign in until you set a new password · Set a new password');
    expect((await resetFrom(owner.email, STRONG_PASSWORD)).status).toBe(204);
    expect((await trySignIn(api, { ...owner, password: STRONG_PASSWORD })).status).toBe(201);
  });

  it('[S-48] works once, of eight presses at once too', async () => {
    const { account, token } = await aNewPassword();
    const answers = await Promise.all(Array.from({ length: 8 }, () => disown(token)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, ...Array(7).fill(422)]);
    expectProblem(await disown(token), 422, 'link.invalid');
    const alerts = (await api.mailsTo(account.email)).filter(({ subject }) => subject.startsWith('Nobody can sign in'));
    expect(alerts).toHaveLength(1);
  });

  it('[L-1] voids what the thief has pending, and a reset that was asked for before', async () => {
    const { account, tokens, token } = await aNewPassword();
    const newEmail = `thief-${account.email}`;
    await startEmailChange(api, bearer(tokens.accessToken), newEmail, STRONG_PASSWORD);
    await askForReset(account.email);
    const older = await tokenTo(api, account.email, '/password-reset');
    await disown(token);
    const body = { token: older, newPassword: OTHER_GOOD_PASSWORD };
    expectProblem(await api.http.post(`${ROOT}/password-reset/confirm`, body), 422, 'link.invalid');
    expect((await resetFrom(account.email)).status).toBe(204);
    const { accessToken } = await aSession(api, { ...account, password: OTHER_GOOD_PASSWORD });
    const late = await confirmEmailChange(api, bearer(accessToken), await codeTo(api, newEmail));
    expectProblem(late, 422, 'code.invalid');
  });

  it('works after any later password that was set without the mailbox, and after a service shut the account', async () => {
    const { account, tokens, token } = await aNewPassword();
    const again = { currentPassword: STRONG_PASSWORD, newPassword: OTHER_GOOD_PASSWORD };
    const { body } = await changePassword(api, bearer(tokens.accessToken), again);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    for (const disabled of [true, false])
      await api.app.get(ManageAccount).patch(account.id, { disabled }, TEST_REQUESTER);
    expect((await disown(token)).status).toBe(200);
    expect((await me(api, body.tokens)).status).toBe(401);
    expect((await trySignIn(api, { ...account, password: OTHER_GOOD_PASSWORD })).status).toBe(401);
  });

  it('[S-64] [S-97] names no link to a new password where none is mailed: a service has shut the account', async () => {
    const { account, token } = await aNewPassword();
    await api.app.get(ManageAccount).patch(account.id, { disabled: true }, TEST_REQUESTER);
    expect((await disown(token)).status).toBe(200);
    const mail = await newestTo(account.email);
    expect(mail?.subject).toBe('Nobody can sign in until you set a new password');
    expect(mail?.text).toContain('No link to a new password can be mailed to this address now');
    expect(mail?.text).not.toContain('link that is mailed');
  });

  it.each<[string, (account: TestAccount, accessToken: string) => Promise<unknown>]>([
    ['its days', () => api.age('7 days 1 second')],
    [
      'a reset from the mailbox',
      async ({ email }) => {
        await askForReset(email);
        await resetFrom(email);
      },
    ],
    ['a change of the address, which has an undo', (account, accessToken) => move(account, accessToken)],
    ['a deletion', ({ id }) => api.app.get(ManageAccount).delete(id, TEST_REQUESTER)],
  ])('[L-2] is worth nothing after %s', async (_, end) => {
    const { account, tokens, token } = await aNewPassword();
    await end(account, tokens.accessToken);
    expectProblem(await disown(token), 422, 'link.invalid');
  });

  it('[S-64] is worth nothing after an undo: the mailbox that has it has lost the account', async () => {
    const { account, tokens } = await aPerson(api);
    const thief = await move(account, tokens.accessToken);
    await changePassword(api, bearer((await aSession(api, thief)).accessToken));
    const token = await linkTo(thief.email);
    const undo = { token: await tokenTo(api, account.email, '/email-change/undo') };
    expect((await api.http.post(`${ROOT}/email-change/undo`, undo)).status).toBe(200);
    expectProblem(await disown(token), 422, 'link.invalid');
  });

  async function move(account: TestAccount, accessToken: string): Promise<TestAccount> {
    const email = `moved-${account.email}`;
    await startEmailChange(api, bearer(accessToken), email, account.password);
    await confirmEmailChange(api, bearer(accessToken), await codeTo(api, email));
    return { ...account, email };
  }

  it('[L-7] is not in the mail to an address that nobody proved and that an older one can take back', async () => {
    const { account, tokens } = await aPerson(api);
    const email = `unproved-${account.email}`;
    await api.http.put(
      '/api/user/v1/update',
      { eml: email, pwd: 'Zght943!' },
      { 'X-Access-Token': tokens.accessToken },
    );
    const { accessToken } = await aSession(api, { ...account, email, password: 'Zght943!' });
    await changePassword(api, bearer(accessToken), { currentPassword: 'Zght943!' });
    for (const { text } of await api.mailsTo(email)) expect(text).not.toContain('/not-me/');
  });

  describe('its page', () => {
    it('[L-11] [S-77] says what will happen, changes nothing until the press, and tells a second one kindly', async () => {
      const { account, tokens } = await aNewPassword();
      const path = pathIn(await newestTo(account.email), 'not-me');
      for (const each of [path, '/not-me', `${ROOT}/not-me?token=${path.split('/')[2]}`]) {
        for (const method of ['GET', 'HEAD']) await api.http.send(method, each, undefined, {});
      }
      expect((await me(api, tokens)).status).toBe(200);

      const question = await api.http.get(path);
      expect([question.status, titleOf(question)]).toEqual([200, 'Was your password changed by somebody else?']);
      expect(question.text).toContain('A link to set a new password is mailed to p***@example.com.');
      expect(question.text).not.toContain(account.email);
      const done = await press(api, question);
      expect([done.status, titleOf(done)]).toEqual([200, 'Your account is closed to everybody']);
      expect((await me(api, tokens)).status).toBe(401);

      for (const again of [await press(api, question), await api.http.get(path)]) {
        expect([again.status, titleOf(again)]).toEqual([422, 'This link does not work any more']);
        expect(again.text).toContain('href="/password-reset"');
      }
    });
  });
});
