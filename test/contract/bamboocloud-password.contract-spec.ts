import { UndoEmailChange } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount, TEST_REQUESTER } from '../support/factories';
import {
  aCode,
  CHANGE_PASSWORD,
  expectEmptySuccess,
  expectError,
  expectErrorInBothLanguages,
  forgetMails,
  LOGIN,
  PAGE_HEADERS,
  signedIn,
  UPDATE_EMAIL,
  UPDATE_PASSWORD,
  wrongCode,
} from './bamboocloud-client';

const NEW = 'Quiet-Lantern-Orbit-4';

describe('bamboocloud: passwords', () => {
  let api: TestApi;
  let account: TestAccount;
  let idToken: string;
  const change = (body: unknown, headers = {}) =>
    api.http.post(CHANGE_PASSWORD, body, { ...signedIn(idToken), ...headers });
  const update = (body: object, headers: Record<string, string>) => api.http.post(UPDATE_PASSWORD, body, headers);
  const login = async (password: string, user_name = account.email) =>
    (await api.http.post(LOGIN, { user_name, password }, PAGE_HEADERS)).body.status as unknown;

  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    account = await anAccount(api);
    idToken = (await aSession(api, account)).accessToken;
  });

  describe('change', () => {
    it('[S-35] answers with 200 and nothing in it; every token is dead and the mailbox is told', async () => {
      const other = await aSession(api, account);
      const body = { old_password: account.password, new_password: NEW };
      expectEmptySuccess(await change(body));
      for (const token of [idToken, other.accessToken]) {
        expectError(await api.http.post(CHANGE_PASSWORD, body, signedIn(token)), 'PARAM.0016');
      }
      expect([await login(account.password), await login(NEW)]).toEqual([undefined, 'SUCCESS']);
      expect(await api.mailsTo(account.email)).toHaveLength(1);
    });

    it.each([
      ['a wrong old password', 'PWD.0001', { old_password: 'wrong', new_password: 'short' }],
      ['none', 'PWD.0001', { new_password: NEW }],
      ['an old password that is no text', 'PARAM.0400', { old_password: null, new_password: NEW }],
      ['no new password', 'PARAM.0400', { old_password: 'CurrentSecureP@ss123' }],
      ['a short new password', 'PWD.0002', { old_password: 'CurrentSecureP@ss123', new_password: 'fourteen-chars' }],
      ['a common new password', 'PWD.0002', { old_password: 'CurrentSecureP@ss123', new_password: 'passwordpassword' }],
      ['the same password', 'PWD.0002', { old_password: 'CurrentSecureP@ss123', new_password: 'CurrentSecureP@ss123' }],
      ['malformed JSON', 'PARAM.0400', '{'],
    ] as const)('refuses %s', async (_, name, body) => {
      await expectErrorInBothLanguages((language) => change(body, language), name);
    });

    it('asks for device, application and token before it looks at the body', async () => {
      expectError(await change('{', { 'X-agent': ' ' }), 'PARAM.0001');
      expectError(await change('{', { 'X-client-id': ' ' }), 'PARAM.0002');
      expectError(await change('{', { authorization: 'Bearer' }), 'PARAM.0015');
    });

    it('[S-33] stops guessing at the old password, and says when to try again', async () => {
      for (let n = 0; n < 10; n += 1) await change({ old_password: `wrong ${n}`, new_password: NEW });
      const body = { old_password: account.password, new_password: NEW };
      await expectErrorInBothLanguages((language) => change(body, language), 'COMMON.0429');
      expect(Number((await change(body)).headers.get('retry-after'))).toBeGreaterThan(600);
    });

    it('lets who never had a password set the first one without an old one, and once', async () => {
      await api.dataSource.query('UPDATE account SET password_hash = NULL WHERE id = $1', [account.id]);
      const firsts = await Promise.all([change({ new_password: NEW }), change({ new_password: `${NEW}!` })]);
      expect(firsts.filter(({ status }) => status === 200)).toHaveLength(1);
      const passwords = [await login(NEW), await login(`${NEW}!`)];
      expect(passwords.filter((status) => status === 'SUCCESS')).toHaveLength(1);
    });
  });

  describe('update by email, signed in', () => {
    it('sets a new password by a code to the own mailbox, and every token is dead', async () => {
      const verify_code = await aCode(api, account.email, 'UPDATE_PWD_EMS');
      await forgetMails(api);
      expectEmptySuccess(await update({ verify_code, password: NEW }, signedIn(idToken)));
      expectError(await update({ verify_code, password: NEW }, signedIn(idToken)), 'PARAM.0016');
      expect([await login(account.password), await login(NEW)]).toEqual([undefined, 'SUCCESS']);
      expect(await api.mailsTo(account.email)).toHaveLength(1);
    });

    it.each([
      ['no code, whatever else', 'PARAM.0009', { password: 7 }],
      ['a code that is no text', 'PARAM.0400', { verify_code: 123456, password: NEW }],
      ['no password', 'PARAM.0400', { verify_code: '123456' }],
      ['a weak password, although the code is wrong too', 'PWD.0002', { verify_code: '123456', password: 'short' }],
      ['a wrong code', 'CAPTCHA.0007', { verify_code: 'wrong', password: NEW }],
    ] as const)('refuses %s', async (_, name, body) => {
      await expectErrorInBothLanguages((language) => update(body, { ...signedIn(idToken), ...language }), name);
    });

    it('refuses the password that the account has already', async () => {
      const verify_code = await aCode(api, account.email, 'UPDATE_PWD_EMS');
      expectError(await update({ verify_code, password: account.password }, signedIn(idToken)), 'PWD.0002');
      expectEmptySuccess(await update({ verify_code, password: NEW }, signedIn(idToken)));
    });

    it.each(['Bearer', 'Bearer x.y.z', 'Basic YTpi', ''])(
      'never takes "%s" for nobody signed in',
      async (authorization) => {
        const body = {
          email: account.email,
          verify_code: await aCode(api, account.email, 'FORGET_PWD_EMS'),
          password: NEW,
        };
        const expected = authorization === 'Bearer x.y.z' ? 'PARAM.0016' : 'PARAM.0015';
        expectError(await update(body, { ...PAGE_HEADERS, authorization }), expected);
        expectEmptySuccess(await update(body, PAGE_HEADERS));
      },
    );
  });

  describe('update by email, forgotten', () => {
    const forgotten = (body: object, headers = {}) => update(body, { ...PAGE_HEADERS, ...headers });

    it('[S-76] sets a new password by a code to the mailbox, signs nobody in, and sessions end', async () => {
      const verify_code = await aCode(api, account.email, 'FORGET_PWD_EMS');
      expectEmptySuccess(await forgotten({ email: account.email.toUpperCase(), verify_code, password: NEW }));
      expectError(await change({ old_password: NEW, new_password: `${NEW}!` }), 'PARAM.0016');
      expect([await login(account.password), await login(NEW)]).toEqual([undefined, 'SUCCESS']);
    });

    it.each([
      ['no address', 'USER.0021', { verify_code: 'wrong', password: NEW }],
      ['an address that is none', 'USER.0021', { email: 'none', verify_code: 'wrong', password: NEW }],
      ['an address that is no text', 'USER.0021', { email: null, verify_code: 'wrong', password: 7 }],
    ] as const)('refuses %s', async (_, name, body) => {
      await expectErrorInBothLanguages((language) => forgotten(body, language), name);
    });

    it('[S-71] tells nobody without a right code whether there is an account, nor its name', async () => {
      const named = await anAccount(api, { displayName: 'Augusta Ada King-Noel' });
      for (const email of [named.email, 'nobody-here@example.com']) {
        expectError(
          await forgotten({ email, verify_code: '000000', password: 'augusta ada king-noel' }),
          'CAPTCHA.0007',
        );
        expectError(await forgotten({ email, verify_code: '000000', password: `${email}1` }), 'PWD.0002');
      }
      const verify_code = await aCode(api, named.email, 'FORGET_PWD_EMS');
      const body = { email: named.email, verify_code, password: 'augusta ada king-noel' };
      expectError(await forgotten(body), 'PWD.0002');
    });

    it.each([
      ['is disabled', 'disabled = true'],
      ['has another address', `email = 'moved-' || email`],
    ])('takes a right code for a wrong one when the account %s by now', async (_, change) => {
      const verify_code = await aCode(api, account.email, 'FORGET_PWD_EMS');
      // Past the consumers of the change, which would void the code.
      await api.dataSource.query(`UPDATE account SET ${change} WHERE id = $1`, [account.id]);
      expectError(await forgotten({ email: account.email, verify_code, password: NEW }), 'CAPTCHA.0007');
    });

    it('forgets the wrong passwords before it: who has forgotten one has often tried', async () => {
      for (let n = 0; n < 10; n += 1) expect(await login(`wrong ${n}`)).toBeUndefined();
      expect(await login(account.password)).toBeUndefined();
      const verify_code = await aCode(api, account.email, 'FORGET_PWD_EMS');
      expectEmptySuccess(await forgotten({ email: account.email, verify_code, password: NEW }));
      expect(await login(NEW)).toBe('SUCCESS');
    });

    it('[S-72] gives five tries an address, known or not, and never slows a sign-in', async () => {
      const code = await aCode(api, account.email, 'FORGET_PWD_EMS');
      for (let n = 1; n <= 5; n += 1) {
        const body = { email: account.email, verify_code: wrongCode(code, n), password: NEW };
        expectError(await forgotten(body), 'CAPTCHA.0007');
      }
      expectError(await forgotten({ email: account.email, verify_code: code, password: NEW }), 'CAPTCHA.0007');
      expect(await login(account.password)).toBe('SUCCESS');
    });

    it('[S-73] works once, however many use the code at once', async () => {
      const verify_code = await aCode(api, account.email, 'FORGET_PWD_EMS');
      const passwords = [1, 2, 3, 4].map((n) => `${NEW}-${n}`);
      const sent = passwords.map((password) => forgotten({ email: account.email, verify_code, password }));
      const answers = await Promise.all(sent);
      expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
      const logins = [];
      for (const password of passwords) logins.push(await login(password));
      expect(logins.map((status) => status === 'SUCCESS')).toEqual(answers.map(({ status }) => status === 200));
    });

    it('opens an account again that its old mailbox has taken back', async () => {
      const verify_code = await aCode(api, 'thief@example.com');
      expectEmptySuccess(
        await api.http.post(UPDATE_EMAIL, { email: 'thief@example.com', verify_code }, signedIn(idToken)),
      );
      const [alert] = await api.mailsTo(account.email);
      const [token = ''] = /[\w-]{43}/.exec(alert?.text ?? '') ?? [];
      await api.app.get(UndoEmailChange).execute(token, TEST_REQUESTER);
      expect(await login(account.password)).toBeUndefined();
      const code = await aCode(api, account.email, 'FORGET_PWD_EMS');
      expectEmptySuccess(await forgotten({ email: account.email, verify_code: code, password: NEW }));
      expect(await login(NEW)).toBe('SUCCESS');
    });
  });
});
