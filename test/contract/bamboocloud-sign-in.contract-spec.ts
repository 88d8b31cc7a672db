import { createPublicKey, type JsonWebKey } from 'node:crypto';
import { Applications } from '@app/session';
import { decode, verify } from 'jsonwebtoken';
import { bootApi, TEST_PUBLIC_URL, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER, type TestAccount } from '../support/factories';
import {
  CHANGE_PASSWORD,
  expectEmptySuccess,
  expectError,
  expectErrorInBothLanguages,
  ID_TOKEN,
  KEYS,
  LOGIN,
  PAGE_BODY,
  PAGE_HEADERS,
  signedIn,
  UPDATE_EMAIL,
  without,
} from './bamboocloud-client';

const DAY_SECONDS = 86_400;

describe('bamboocloud: sign-in', () => {
  let api: TestApi;
  let account: TestAccount;
  const login = (user_name: unknown, password: unknown, headers = {}) =>
    api.http.post(LOGIN, { user_name, password }, { ...PAGE_HEADERS, ...headers });
  const renew = (sessionToken: string, headers = {}) =>
    api.http.post(ID_TOKEN, undefined, { ...PAGE_HEADERS, 'session-token': sessionToken, ...headers });

  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    account = await anAccount(api);
  });

  describe('login', () => {
    it('answers with a session token, how long that lasts in seconds, and an IdToken', async () => {
      const { status, headers, body } = await login(account.email, account.password);
      expect(status).toBe(200);
      expect(headers.get('content-type')).toContain('application/json');
      const text = expect.any(String);
      expect(body).toEqual({ session_token: text, expire: 30 * DAY_SECONDS, status: 'SUCCESS', id_token: text });
      expectError(await api.http.post(UPDATE_EMAIL, PAGE_BODY, signedIn(body.id_token)), 'CAPTCHA.0007');
    });

    it('[S-21] answers a wrong password, an unknown and a disabled account with the same error', async () => {
      const { email } = await anAccount(api);
      await api.dataSource.query('UPDATE account SET disabled = true WHERE email = $1', [email]);
      const pairs = [
        [account.email, 'wrong'],
        ['unknown@example.com', account.password],
        ['no address', account.password],
        [email, account.password],
        ['', ''],
      ];
      for (const [name, password] of pairs) {
        await expectErrorInBothLanguages((language) => login(name, password, language), 'LOGIN.0001');
      }
    });

    it('[S-19] answers a spent budget with the same error, also for the right password', async () => {
      for (let n = 0; n < 10; n += 1) expectError(await login(account.email, `wrong ${n}`), 'LOGIN.0001');
      expectError(await login(account.email, account.password), 'LOGIN.0001');
    });

    it.each([undefined, null, 7, { $ne: '' }, ['a']])('[S-29] takes no %j for a name or a password', async (value) => {
      await expectErrorInBothLanguages((language) => login(value, account.password, language), 'PARAM.0400');
      await expectErrorInBothLanguages((language) => login(account.email, value, language), 'PARAM.0400');
    });

    it('gives who must change the password a token that can do only that', async () => {
      await api.dataSource.query('UPDATE account SET password_change_required = true WHERE id = $1', [account.id]);
      const { status, body } = await login(account.email, account.password);
      expect(status).toBe(200);
      expect(body).toEqual({ status: 'PASSWORD_EXPIRED', id_token: expect.any(String) });
      expectError(await api.http.post(UPDATE_EMAIL, PAGE_BODY, signedIn(body.id_token)), 'PARAM.0016');
      const change = { old_password: account.password, new_password: 'Quiet-Lantern-Orbit-4' };
      expectEmptySuccess(await api.http.post(CHANGE_PASSWORD, change, signedIn(body.id_token)));
      expect((await login(account.email, change.new_password)).body.status).toBe('SUCCESS');
    });

    it('asks for the device, then for the application, before it looks at the body', async () => {
      const headers = without(without(PAGE_HEADERS, 'X-agent'), 'X-client-id');
      expectError(await api.http.post(LOGIN, '{', headers), 'PARAM.0001');
      expectError(await api.http.post(LOGIN, '{', without(PAGE_HEADERS, 'X-client-id')), 'PARAM.0002');
      expectError(await api.http.post(LOGIN, '{', { ...PAGE_HEADERS, 'X-client-id': 'unknown' }), 'PARAM.0003');
      expectError(await api.http.post(LOGIN, '{', PAGE_HEADERS), 'PARAM.0400');
    });
  });

  describe('an IdToken for a session token', () => {
    it('comes with the same session token, again and again', async () => {
      const { session_token } = (await login(account.email, account.password)).body;
      for (let n = 0; n < 2; n += 1) {
        const { status, body } = await renew(session_token);
        expect(status).toBe(200);
        expect(body).toEqual({ session_token, expire: expect.any(Number), id_token: expect.any(String) });
        expect(body.expire).toBeGreaterThan(30 * DAY_SECONDS - 60);
        expectError(await api.http.post(UPDATE_EMAIL, PAGE_BODY, signedIn(body.id_token)), 'CAPTCHA.0007');
      }
    });

    it('needs no content type', async () => {
      const { session_token } = (await login(account.email, account.password)).body;
      const headers = { ...without(PAGE_HEADERS, 'content-type'), 'session-token': session_token };
      expect((await api.http.post(ID_TOKEN, undefined, headers)).status).toBe(200);
    });

    it('lasts while it is used, to the end of the session', async () => {
      const { session_token } = (await login(account.email, account.password)).body;
      await api.age('13 days');
      expect((await renew(session_token)).body.expire).toBeLessThan(18 * DAY_SECONDS);
      await api.age('13 days');
      expect((await renew(session_token)).status).toBe(200);
      await api.age('5 days');
      expectError(await renew(session_token), 'PARAM.0023');
    });

    it('ends when it is not used for two weeks', async () => {
      const { session_token } = (await login(account.email, account.password)).body;
      await api.age('15 days');
      expectError(await renew(session_token), 'PARAM.0023');
    });

    it.each(['', 'unknown', 'x'.repeat(1000)])('is refused for "%s"', (token) =>
      expectErrorInBothLanguages((language) => renew(token, language), 'PARAM.0023'),
    );

    it('[S-83] is refused to another application, whose try keeps nothing alive', async () => {
      const { session_token } = (await login(account.email, account.password)).body;
      const { clientId } = await api.app.get(Applications).register('Another app', TEST_REQUESTER);
      await api.age('13 days');
      expectError(await renew(session_token, { 'X-client-id': clientId }), 'PARAM.0023');
      await api.age('2 days');
      expectError(await renew(session_token), 'PARAM.0023');
    });

    it('is refused without the header, after the device and the application', async () => {
      expectError(await api.http.post(ID_TOKEN, undefined, PAGE_HEADERS), 'PARAM.0023');
      expectError(await api.http.post(ID_TOKEN, undefined, without(PAGE_HEADERS, 'X-agent')), 'PARAM.0001');
      expectError(await api.http.post(ID_TOKEN, undefined, without(PAGE_HEADERS, 'X-client-id')), 'PARAM.0002');
    });

    it('[S-83] is refused for an IdToken, and a session token is no IdToken', async () => {
      const { session_token, id_token } = (await login(account.email, account.password)).body;
      expectError(await renew(id_token), 'PARAM.0023');
      expectError(await api.http.post(UPDATE_EMAIL, PAGE_BODY, signedIn(session_token)), 'PARAM.0016');
    });
  });

  it('publishes the keys that an IdToken is signed with, and only their public halves', async () => {
    const { id_token } = (await login(account.email, account.password)).body;
    const { status, body } = await api.http.get(KEYS);
    expect(status).toBe(200);
    const { kid, alg } = decode(id_token, { complete: true })!.header;
    const keys: JsonWebKey[] = body.keys;
    const jwk = keys.find((key) => key.kid === kid)!;
    expect(alg).toBe('RS256');
    expect(Object.keys(jwk).sort()).toEqual(['alg', 'e', 'kid', 'kty', 'n', 'use']);
    const claims = verify(id_token, createPublicKey({ key: jwk, format: 'jwk' }), { algorithms: ['RS256'] });
    expect(claims).toMatchObject({ sub: account.id, iss: TEST_PUBLIC_URL, client_id: PAGE_HEADERS['X-client-id'] });
  });
});
