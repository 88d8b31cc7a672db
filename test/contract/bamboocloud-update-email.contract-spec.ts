import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import {
  aCode,
  expectEmptySuccess,
  expectError,
  forgetMails,
  ID_TOKEN,
  LOGIN,
  PAGE_BODY,
  PAGE_HEADERS,
  signedIn,
  UPDATE_EMAIL,
} from './bamboocloud-client';

describe('bamboocloud: what update email does', () => {
  let api: TestApi;
  let account: TestAccount;
  let idToken: string;

  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    account = await anAccount(api);
    idToken = (await aSession(api, account)).accessToken;
  });

  it('answers the page’s own example, with a right code, with 200 and nothing in it, and the address is in force', async () => {
    const verify_code = await aCode(api, PAGE_BODY.email);
    expectEmptySuccess(await api.http.post(UPDATE_EMAIL, { ...PAGE_BODY, verify_code }, signedIn(idToken)));
    const login = { user_name: PAGE_BODY.email, password: account.password };
    expect((await api.http.post(LOGIN, login, PAGE_HEADERS)).body).toMatchObject({ status: 'SUCCESS' });
    const stored = await api.dataSource.query('SELECT email, email_verified FROM account WHERE id = $1', [account.id]);
    expect(stored).toEqual([{ email: PAGE_BODY.email, email_verified: true }]);
  });

  it('[S-66] leaves every token of the account dead, here and elsewhere, and the session token too', async () => {
    const login = { user_name: account.email, password: account.password };
    const { id_token, session_token } = (await api.http.post(LOGIN, login, PAGE_HEADERS)).body;
    const body = { email: 'dead-tokens@example.com', verify_code: await aCode(api, 'dead-tokens@example.com') };
    expectEmptySuccess(await api.http.post(UPDATE_EMAIL, body, signedIn(id_token)));

    for (const token of [id_token, idToken]) {
      expectError(await api.http.post(UPDATE_EMAIL, body, signedIn(token)), 'PARAM.0016');
      const elsewhere = await api.http.post('/v1/users/profile/change-password', {}, bearer(token));
      expect([elsewhere.status, elsewhere.body.error.code]).toEqual([401, 4001]);
    }
    const renewal = await api.http.post(ID_TOKEN, undefined, { ...PAGE_HEADERS, 'session-token': session_token });
    expectError(renewal, 'PARAM.0023');
    expectError(await api.http.post(LOGIN, login, PAGE_HEADERS), 'LOGIN.0001');
  });

  it('[S-58] [S-63] tells the old and the new address, once each, with the device as escaped text that is cut', async () => {
    const email = 'told@example.com';
    const body = { email, verify_code: await aCode(api, email) };
    await forgetMails(api);
    const headers = { ...signedIn(idToken), 'X-agent': `<b>bold</b> ${'long'.repeat(100)}` };
    expectEmptySuccess(await api.http.post(UPDATE_EMAIL, body, headers));
    const [toOld, ...others] = await api.mailsTo(account.email);
    expect(others).toEqual([]);
    expect(await api.mailsTo(email)).toHaveLength(1);
    expect(toOld?.text).toContain('windows10.1.1, 156aysdna213sc50, <b>bold</b> long');
    expect(toOld?.text).toContain('192.168.1.2');
    expect(toOld?.text).not.toContain('long'.repeat(20));
    expect(toOld?.html).toContain('&lt;b&gt;bold');
    expect(toOld?.html).not.toContain('<b>bold');
  });

  it('keeps what the caller says of its device with the session', async () => {
    const login = { user_name: account.email, password: account.password };
    await api.http.post(LOGIN, login, PAGE_HEADERS);
    const stored = await api.dataSource.query(
      'SELECT device, ip, application_id FROM session WHERE account_id = $1 AND handle_hash IS NOT NULL',
      [account.id],
    );
    const device =
      'windows10.1.1, 156aysdna213sc50, Mozilla/5.0 (iPhone; CPU iPhone OS 13_3 like Mac OS X), 192.168.1.2';
    expect(stored).toEqual([{ device, ip: '127.0.0.1', application_id: PAGE_HEADERS['X-client-id'] }]);
  });
});
