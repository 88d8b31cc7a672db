import { ManageAccount } from '@app/account';
import { AccessTokens, type IssuedTokens } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount, TEST_REQUESTER } from '../support/factories';
import { comparable } from '../support/http-client';
import { unavailableAddresses } from '../support/unavailable-addresses';
import {
  aCode,
  type ErrorName,
  expectEmptySuccess,
  expectError,
  expectErrorInBothLanguages,
  PAGE_BODY,
  PAGE_HEADERS,
  signedIn,
  UPDATE_EMAIL,
  without,
} from './bamboocloud-client';

describe('bamboocloud: the checks of update email, in their order', () => {
  let api: TestApi;
  let account: TestAccount;
  let session: IssuedTokens;
  let idToken: string;

  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    account = await anAccount(api);
    session = await aSession(api, account);
    idToken = session.accessToken;
  });

  const updateInBothLanguages = (name: ErrorName, body: unknown, headers: Record<string, string>) =>
    expectErrorInBothLanguages((language) => api.http.post(UPDATE_EMAIL, body, { ...headers, ...language }), name);

  describe('each is answered although all the later ones fail too', () => {
    it.each(['X-operating-sys-version', 'X-device-fingerprint', 'X-agent'])('1: no %s', async (header) => {
      const others = without(without(PAGE_HEADERS, header), 'X-client-id');
      await updateInBothLanguages('PARAM.0001', '{', others);
      await updateInBothLanguages('PARAM.0001', '{', { ...others, [header]: '   ' });
    });

    it.each([
      ['2: no client id', 'PARAM.0002', without(PAGE_HEADERS, 'X-client-id')],
      ['2: a blank client id', 'PARAM.0002', { ...PAGE_HEADERS, 'X-client-id': ' ' }],
      ['3: an unknown client id', 'PARAM.0003', { ...PAGE_HEADERS, 'X-client-id': 'x'.repeat(32) }],
      ['4: no Authorization', 'PARAM.0015', PAGE_HEADERS],
      ['4: another scheme', 'PARAM.0015', { ...PAGE_HEADERS, authorization: 'Basic YTpi' }],
      ['4: no token in it', 'PARAM.0015', { ...PAGE_HEADERS, authorization: 'Bearer' }],
      ['5: a malformed token', 'PARAM.0016', signedIn('x.y.z')],
    ] as const)('%s', (_, name, headers) => updateInBothLanguages(name, '{', headers));

    it.each<[string, unknown, ErrorName]>([
      ['after the guards: malformed JSON', '{', 'PARAM.0400'],
      ['after the guards: no object', '[]', 'PARAM.0400'],
      ['6: no code', { email: 'no address' }, 'PARAM.0009'],
      ['6: a blank code', { email: 'no address', verify_code: '  ' }, 'PARAM.0009'],
      ['6: null for a code', { email: 'no address', verify_code: null }, 'PARAM.0009'],
      ['6: an empty body', '', 'PARAM.0009'],
      ['6: a code that is no text', { email: 'no address', verify_code: 123456 }, 'PARAM.0400'],
      ['[S-70] 6: codes in a list', { email: 'no address', verify_code: ['123456'] }, 'PARAM.0400'],
      ['7: no address', { verify_code: 'wrong' }, 'USER.0021'],
      ['7: not an address', { email: 'no address', verify_code: 'wrong' }, 'USER.0021'],
      ['7: an address that is no text', { email: ['a@example.com'], verify_code: 'wrong' }, 'USER.0021'],
    ])('%s', (_, body, name) => updateInBothLanguages(name, body, signedIn(idToken)));

    it('5: an expired token, one of a session that has ended, one that may only change the password', async () => {
      const now = new Date(Date.now() - 3_600_000);
      const subject = {
        accountId: account.id,
        sessionId: session.sessionId,
        applicationId: null,
        authenticatedAt: now,
      };
      const expired = api.app.get(AccessTokens).mint({ ...subject, now, expiresAt: session.sessionExpiresAt });
      await updateInBothLanguages('PARAM.0016', '{', signedIn(expired.accessToken));
      await api.dataSource.query('UPDATE account SET password_change_required = true WHERE id = $1', [account.id]);
      await updateInBothLanguages('PARAM.0016', '{', signedIn((await aSession(api, account)).accessToken));
      await api.dataSource.query('UPDATE session SET ended_at = now() WHERE account_id = $1', [account.id]);
      await updateInBothLanguages('PARAM.0016', '{', signedIn(idToken));
    });

    it('8: the page’s own example, whose code is none that was sent', () =>
      updateInBothLanguages('CAPTCHA.0007', PAGE_BODY, signedIn(idToken)));

    it('[S-61] 8: a wrong code, the same for a taken, an own and a free address', async () => {
      const { email: taken } = await anAccount(api);
      const answers = await Promise.all(
        [taken, account.email, PAGE_BODY.email].map((email) =>
          api.http.post(UPDATE_EMAIL, { email, verify_code: '000000' }, signedIn(idToken)),
        ),
      );
      for (const answer of answers) expectError(answer, 'CAPTCHA.0007');
    });

    it('[S-61] 9: an address that cannot be had, whatever the reason, after a right code only', async () => {
      const answers: unknown[] = [];
      for (const email of Object.values(await unavailableAddresses(api))) {
        const body = { email, verify_code: await aCode(api, email) };
        await updateInBothLanguages('USER.0036', body, signedIn(idToken));
        answers.push(comparable(await api.http.post(UPDATE_EMAIL, body, signedIn(idToken))));
        await api.age('11 minutes');
      }
      expect(answers).toEqual(answers.map(() => answers[0]));
    });

    it('9: the account’s own address in another spelling', async () => {
      const verify_code = await aCode(api, account.email);
      await updateInBothLanguages('USER.0036', { email: account.email.toUpperCase(), verify_code }, signedIn(idToken));
    });

    it('[S-65] 9: an address that its account has just left, as long as that one can undo', async () => {
      const verify_code = await aCode(api, 'moved@example.com');
      expectEmptySuccess(
        await api.http.post(UPDATE_EMAIL, { email: 'moved@example.com', verify_code }, signedIn(idToken)),
      );
      const { accessToken } = await aSession(api, await anAccount(api));
      const body = { email: account.email, verify_code: await aCode(api, account.email) };
      await updateInBothLanguages('USER.0036', body, signedIn(accessToken));
    });

    it('10, where 5 is: a deleted account', async () => {
      await api.app.get(ManageAccount, { strict: false }).delete(account.id, TEST_REQUESTER);
      await updateInBothLanguages('USER.0001', '{', signedIn(idToken));
    });
  });

  it('answers "changed meanwhile" when the swap is lost, and nothing has changed', async () => {
    const verify_code = await aCode(api, 'lost@example.com');
    await api.dataSource.query(
      `CREATE FUNCTION lose_swap() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'`,
    );
    await api.dataSource.query(
      'CREATE TRIGGER lose_swap BEFORE UPDATE ON account FOR EACH ROW EXECUTE FUNCTION lose_swap()',
    );
    await updateInBothLanguages('COMMON.0409', { email: 'lost@example.com', verify_code }, signedIn(idToken));
    await api.dataSource.query('DROP TRIGGER lose_swap ON account');
    expectEmptySuccess(
      await api.http.post(UPDATE_EMAIL, { email: 'lost@example.com', verify_code }, signedIn(idToken)),
    );
  });

  it('takes the scheme in any case, and fields that it does not know', async () => {
    const body = { email: 'any@example.com', verify_code: await aCode(api, 'any@example.com'), user_id: 'another' };
    const headers = { ...without(PAGE_HEADERS, 'X-device-ip'), authorization: `bEARER ${idToken}` };
    expectEmptySuccess(await api.http.post(UPDATE_EMAIL, body, headers));
  });

  it.each(['zh', 'zh-CN', 'zh_CN', 'ZH', 'Zh-cn'])('answers in Chinese to X-L: %s', async (language) => {
    const answer = await api.http.post(UPDATE_EMAIL, PAGE_BODY, { ...PAGE_HEADERS, 'X-L': language });
    expectError(answer, 'PARAM.0015', { lang: 'zh' });
  });

  it.each(['en', 'fr', 'zhx', 'zh-TW', ''])('answers in English to X-L: "%s"', async (language) => {
    const answer = await api.http.post(UPDATE_EMAIL, PAGE_BODY, { ...PAGE_HEADERS, 'X-L': language });
    expectError(answer, 'PARAM.0015');
  });

  it('knows no token but the one in Authorization', async () => {
    const headers = { ...PAGE_HEADERS, 'X-Access-Token': idToken };
    const answer = await api.http.post(`${UPDATE_EMAIL}?access_token=${idToken}`, PAGE_BODY, headers);
    expectError(answer, 'PARAM.0015');
  });
});
