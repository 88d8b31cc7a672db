import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD } from '../support/factories';
import { bearer } from '../support/http-client';
import { codeIn, pathIn } from '../support/mailed';
import {
  aNewPassword,
  aPendingChange,
  aResetLink,
  anUnverifiedAccount,
  aStolenAccount,
  newestTo,
  signIn,
  tokenOf,
} from './pages-links';
import { attributeOf, formOf, press, submit, titleOf } from './pages-reader';

describe('the pages that mails link to', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0 });
  });
  afterAll(() => api.close());

  describe('undo', () => {
    it('says what will happen, does it at the press, and lets the owner back in by the mailed reset alone', async () => {
      const { account, thief, undo } = await aStolenAccount(api);
      const thiefs = await aSession(api, { ...account, email: thief });

      const question = await api.http.get(undo);
      expect([question.status, titleOf(question)]).toEqual([200, 'Undo the change of your e-mail address?']);
      expect(question.text).toContain('becomes p***@example.com again. Now it is t***@evil.example.');
      expect(question.text).toContain('Every session ends');
      expect(question.text).toContain('A link to set a new password is mailed to p***@example.com');
      for (const address of [account.email, thief]) expect(question.text).not.toContain(address);

      const done = await press(api, question);
      expect([done.status, titleOf(done)]).toEqual([200, 'The change is undone']);
      expect(done.text).toContain(account.email);
      expect((await api.http.get('/account/v1/me', bearer(thiefs.accessToken))).status).toBe(401);
      expect(await signIn(api, account)).toBe(401);

      const choose = await api.http.get(pathIn(await newestTo(api, account.email), 'password-reset'));
      const set = await press(api, choose, { newPassword: OTHER_GOOD_PASSWORD });
      expect([set.status, titleOf(set)]).toEqual([200, 'Your new password is set']);
      expect(await signIn(api, { ...account, password: OTHER_GOOD_PASSWORD })).toBe(201);
    });

    it('[L-2] tells a second press kindly that the link was used, and what to do next', async () => {
      const { undo } = await aStolenAccount(api);
      const question = await api.http.get(undo);
      await press(api, question);
      for (const again of [await press(api, question), await api.http.get(undo)]) {
        expect([again.status, titleOf(again)]).toEqual([422, 'This link does not work any more']);
        expect(again.text).toContain('If you have undone the change, set a new password');
        expect(again.text).toContain('href="/password-reset"');
      }
    });

    it('is refused after its days', async () => {
      const { account, undo } = await aStolenAccount(api);
      const question = await api.http.get(undo);
      await api.age('8 days');
      for (const late of [await api.http.get(undo), await press(api, question)]) expect(late.status).toBe(422);
      expect(await signIn(api, account)).toBe(401);
    });
  });

  describe('cancel', () => {
    it('says what will happen and stops the change at the press, so that its code is worth nothing', async () => {
      const { account, newEmail, cancel } = await aPendingChange(api);
      const { accessToken } = await aSession(api, account);
      const question = await api.http.get(cancel);
      expect(question.text).toContain('Somebody asked to make n***@example.net the e-mail address');
      expect(question.text).not.toContain(newEmail);

      const done = await press(api, question);
      expect([done.status, titleOf(done)]).toEqual([200, 'The change is cancelled']);
      const code = codeIn(await newestTo(api, newEmail));
      const confirm = await api.http.post('/account/v1/me/email-change/confirm', { code }, bearer(accessToken));
      expect(confirm.body.code).toBe('code.invalid');
      expect(await signIn(api, account)).toBe(201);
    });

    it('[L-2] tells a second press kindly, and where an undo is found', async () => {
      const { cancel } = await aPendingChange(api);
      const question = await api.http.get(cancel);
      await press(api, question);
      for (const again of [await press(api, question), await api.http.get(cancel)]) {
        expect([again.status, titleOf(again)]).toEqual([422, 'This link does not work any more']);
        expect(again.text).toContain('it has a link to undo the change');
      }
    });
  });

  describe('reset', () => {
    it('[S-16] sends a link to whoever asks, and sets the password that is typed or pasted', async () => {
      const ask = await api.http.get('/password-reset');
      expect(ask.text).toMatch(/<input id="email" name="email" type="email" autocomplete="username" required/);
      const { account, reset } = await aResetLink(api);
      const before = await aSession(api, account);

      const choose = await api.http.get(reset);
      const [, input = ''] = /<input (id="password"[^>]*)>/s.exec(choose.text) ?? [];
      expect(attributeOf(input, 'type')).toBe('password');
      expect(attributeOf(input, 'autocomplete')).toBe('new-password');
      expect(attributeOf(input, 'minlength')).toBe('15');
      expect(attributeOf(input, 'passwordrules')).toBe('minlength: 15; maxlength: 128; allowed: unicode;');
      expect(choose.text).toContain('At least 15 characters.');
      expect(choose.text).not.toMatch(/\bmaxlength=|onpaste/);

      const newPassword = 'a walk + 100% tea & “crème”';
      expect(titleOf(await press(api, choose, { newPassword }))).toBe('Your new password is set');
      expect(await signIn(api, { ...account, password: newPassword })).toBe(201);
      expect(await signIn(api, account)).toBe(401);
      expect((await api.http.get('/account/v1/me', bearer(before.accessToken))).status).toBe(401);
    });

    it('says in words why a password is refused, beside its field, and keeps the token alone', async () => {
      const { account, reset } = await aResetLink(api);
      const choose = await api.http.get(reset);
      const refused = await press(api, choose, { newPassword: 'password' });
      expect(refused.status).toBe(422);
      expect(refused.text).toContain('<title>Error: Choose a new password</title>');
      expect(refused.text).toMatch(/id="password-error" role="alert">\s*<p>Please choose another password:<\/p>/);
      expect(refused.text).toContain('<li>It needs at least 15 characters.</li>');
      expect(refused.text).toContain('<li>It is one of the passwords that attackers try first.</li>');
      expect(refused.text).toMatch(/aria-describedby="password-hint password-error"\s+aria-invalid="true"\s+autofocus/);
      expect(formOf(refused).fields).toEqual({ token: tokenOf(reset), newPassword: '' });
      const same = await press(api, refused, { newPassword: account.password });
      expect(same.text).toContain('<li>It is the password that you have already.</li>');

      expect((await press(api, refused, { newPassword: OTHER_GOOD_PASSWORD })).status).toBe(200);
      expect(await signIn(api, { ...account, password: OTHER_GOOD_PASSWORD })).toBe(201);
    });

    it('answers the same for an address of nobody, and for what is no address', async () => {
      const account = await anAccount(api);
      const answers = [];
      for (const email of [account.email, 'nobody@example.org', 'no address', '']) {
        answers.push(await submit(api, '/password-reset', { email }));
      }
      expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(4).fill([200, answers[0]?.text]));
      expect(answers[0]?.text).toContain('If an account has this address, a mail with a link is on its way.');
    });

    it('[L-2] sends a dead link’s reader to a new one before anything is typed', async () => {
      const { reset } = await aResetLink(api);
      const choose = await api.http.get(reset);
      await press(api, choose, { newPassword: OTHER_GOOD_PASSWORD });
      for (const again of [
        await api.http.get(reset),
        await press(api, choose, { newPassword: 'Yet-Another-Horse-11' }),
      ]) {
        expect([again.status, titleOf(again)]).toEqual([422, 'This link does not work any more']);
        expect(again.text).toContain('<a href="/password-reset">Send a new link</a>');
      }
    });
  });

  describe('verification', () => {
    it('confirms an address by what was mailed to it, without a sign-in', async () => {
      const { account, me, code } = await anUnverifiedAccount(api);
      const form = await api.http.get('/email-verification');
      expect(form.text).toMatch(/name="code" inputmode="numeric" autocomplete="one-time-code"/);
      expect((await me()).emailVerified).toBe(false);
      const done = await press(api, form, { email: account.email.toUpperCase(), code: ` ${code} ` });
      expect([done.status, titleOf(done)]).toEqual([200, 'Your e-mail address is confirmed']);
      expect((await me()).emailVerified).toBe(true);
    });

    it('answers a wrong code and an address of nobody alike, and shows neither again', async () => {
      const { account, me, code } = await anUnverifiedAccount(api);
      const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
      const answers = [];
      for (const fields of [
        { email: account.email, code: wrong },
        { email: 'nobody@example.org', code },
        { email: 'no address', code },
      ]) {
        answers.push(await submit(api, '/email-verification', fields));
      }
      expect(answers.map(({ status, text }) => [status, text])).toEqual(Array(3).fill([422, answers[0]?.text]));
      expect(answers[0]?.text).toContain('role="alert"');
      expect(answers[0]?.text).not.toMatch(new RegExp(`${account.email}|${wrong}|value=`));
      expect((await me()).emailVerified).toBe(false);
    });

    it('[S-49] counts wrong codes, so that the right one comes too late after too many', async () => {
      const { account, me, code } = await anUnverifiedAccount(api);
      const { email } = account;
      const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, '0');
      for (let tries = 0; tries < api.settings.codeTries; tries++) {
        await submit(api, '/email-verification', { email, code: wrong });
      }
      expect((await submit(api, '/email-verification', { email, code })).status).toBe(422);
      expect((await me()).emailVerified).toBe(false);
    });
  });

  describe('a scanner', () => {
    it('[S-77] [L-11] changes nothing by GET and HEAD, however often: the press still works', async () => {
      const { account, thief, undo } = await aStolenAccount(api);
      const { cancel, account: owner } = await aPendingChange(api);
      const { reset } = await aResetLink(api);
      const { notMe } = await aNewPassword(api);
      const before = await snapshot(api);
      for (const path of [undo, cancel, reset, notMe, '/password-reset', '/email-verification', '/email-change/undo']) {
        for (let times = 0; times < 3; times++) {
          expect((await api.http.get(path)).status).toBe(200);
          const head = await api.http.send('HEAD', path, undefined, {});
          expect([head.status, head.text]).toEqual([200, '']);
        }
      }
      expect(await snapshot(api)).toEqual(before);
      expect(await signIn(api, { ...account, email: thief })).toBe(201);

      expect((await press(api, await api.http.get(cancel))).status).toBe(200);
      expect(await signIn(api, owner)).toBe(201);
      expect((await press(api, await api.http.get(undo))).status).toBe(200);
      const choose = await api.http.get(reset);
      expect((await press(api, choose, { newPassword: OTHER_GOOD_PASSWORD })).status).toBe(200);
    });

    it('[S-77] meets no page that acts on a token in a query', async () => {
      const { account, thief, undo } = await aStolenAccount(api);
      const token = tokenOf(undo);
      for (const path of ['/email-change/undo', '/email-change/cancel', '/not-me', '/password-reset']) {
        expect((await api.http.get(`${path}?token=${token}`)).text).not.toContain(token);
        expect((await submit(api, `${path}?token=${token}`, {})).status).toBe(422);
      }
      expect(await signIn(api, { ...account, email: thief })).toBe(201);
    });
  });
});

/** All that there is in the database. */
async function snapshot({ dataSource }: TestApi): Promise<unknown[]> {
  const tables = await dataSource.query<{ name: string }[]>(
    `SELECT quote_ident(table_name) AS name FROM information_schema.tables
     WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' ORDER BY 1`,
  );
  expect(tables.length).toBeGreaterThan(15);
  return Promise.all(tables.map(({ name }) => dataSource.query(`SELECT t::text FROM ${name} t ORDER BY 1`)));
}
