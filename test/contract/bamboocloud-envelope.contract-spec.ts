import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import {
  aCode,
  expectEmptySuccess,
  expectError,
  expectErrorInBothLanguages,
  KEYS,
  LOGIN,
  PAGE_HEADERS,
  signedIn,
  UPDATE_EMAIL,
  UPDATE_PASSWORD,
} from './bamboocloud-client';

describe('bamboocloud: what the contract does not list wears its envelope too', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const nothing: HeaderMap = {};

  it.each(['/api/v2/sdk/nothing', '/api/v2/sdk/', '/api/v2/sdk', '/api/v1/oauth2/nothing', '/api/v2/sdk/profile'])(
    'no route: %s',
    (path) => expectErrorInBothLanguages((language) => api.http.post(path, {}, language), 'COMMON.0404'),
  );

  it.each([
    ['GET', UPDATE_EMAIL, 'POST'],
    ['PUT', LOGIN, 'POST'],
    ['POST', KEYS, 'GET, HEAD'],
  ])('another method: %s %s', async (method, path, allow) => {
    const send = (language: HeaderMap) => api.http.send(method, path, undefined, language);
    await expectErrorInBothLanguages(send, 'COMMON.0405');
    expect((await send(nothing)).headers.get('allow')).toBe(allow);
  });

  it('a body that is too large, before any other check', async () => {
    const body = { email: 'x'.repeat(20_000) };
    await expectErrorInBothLanguages((language) => api.http.post(UPDATE_EMAIL, body, language), 'COMMON.0413');
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/json; charset=gbk'])(
    'another media type, before any other check: %s',
    async (type) => {
      for (const lang of ['en', 'zh']) {
        const answer = await api.http.post(UPDATE_EMAIL, '{}', { 'content-type': type, 'X-L': lang });
        expectError(answer, 'PARAM.0400', { lang, status: 415 });
      }
    },
  );

  it.each(['{"email":"a@example.com","email":"b@example.com"}', 'null', '"text"', '{"verify_code":', '\ufeff{}'])(
    'a body that is no JSON object, after the guards: %s',
    async (body) => {
      const { accessToken } = await aSession(api, await anAccount(api));
      const send = (language: HeaderMap) =>
        api.http.post(UPDATE_EMAIL, body, { ...signedIn(accessToken), ...language });
      await expectErrorInBothLanguages(send, 'PARAM.0400');
      expectError(await api.http.post(UPDATE_EMAIL, body, PAGE_HEADERS), 'PARAM.0015');
    },
  );

  describe('a database that fails in the middle', () => {
    const email = 'never@example.com';
    let idToken: string;
    let verify_code: string;

    beforeEach(async () => {
      idToken = (await aSession(api, await anAccount(api))).accessToken;
      verify_code = await aCode(api, email);
    });
    afterEach(async () => {
      await api.dataSource.query('DROP TRIGGER fails ON outbox_message');
      await api.dataSource.query('DROP FUNCTION fails');
      // Nothing of the refused change stands: token and code are good.
      expectEmptySuccess(await api.http.post(UPDATE_EMAIL, { email, verify_code }, signedIn(idToken)));
      await api.age('8 days');
      await api.dataSource.query(`UPDATE account SET email = 'left-' || id || '@example.com' WHERE email = $1`, [
        email,
      ]);
      await api.dataSource.query('DELETE FROM email_claim WHERE email = $1', [email]);
    });

    const failWith = async (sqlState: string) => {
      await api.dataSource.query(
        `CREATE FUNCTION fails() RETURNS trigger LANGUAGE plpgsql AS
         $$ BEGIN RAISE EXCEPTION 'secret detail' USING ERRCODE = '${sqlState}'; END $$`,
      );
      await api.dataSource.query(
        'CREATE TRIGGER fails BEFORE INSERT ON outbox_message FOR EACH ROW EXECUTE FUNCTION fails()',
      );
    };
    const update = (language: HeaderMap) =>
      api.http.post(UPDATE_EMAIL, { email, verify_code }, { ...signedIn(idToken), ...language });

    it('[S-34] is "unexpected", says nothing of it, and nothing has changed', async () => {
      const logged = jest.spyOn(process.stderr, 'write').mockReturnValue(true);
      await failWith('P0001');
      await expectErrorInBothLanguages(update, 'COMMON.0500');
      logged.mockRestore();
    });

    it('[S-34] is "busy" when it may succeed later, says when, and nothing has changed', async () => {
      const logged = jest.spyOn(process.stdout, 'write').mockReturnValue(true);
      await failWith('40001');
      await expectErrorInBothLanguages(update, 'COMMON.0503');
      expect(Number((await update(nothing)).headers.get('retry-after'))).toBeGreaterThan(0);
      logged.mockRestore();
    });
  });
});

describe('bamboocloud: too many requests from one source', () => {
  it('answers with when to come back', async () => {
    const api = await bootApi({ sourceRequestsPerMinute: 2 });
    await api.http.get(KEYS);
    await api.http.get(KEYS);
    const send = (language: HeaderMap) => api.http.post(UPDATE_EMAIL, '{', language);
    await expectErrorInBothLanguages(send, 'COMMON.0429');
    expect(Number((await send({})).headers.get('retry-after'))).toBeGreaterThan(0);
    await api.close();
  });
});

describe('bamboocloud: too many wrong codes from one source that is not signed in', () => {
  it('[S-24] answers with when to come back, whoever’s code it guesses, and never slows a sign-in', async () => {
    const api = await bootApi({ sourceFailures: 3 });
    const { email, password } = await anAccount(api);
    const guess = (n: number, language: HeaderMap = {}) => {
      const body = { email: `person-${n}@example.com`, verify_code: '000000', password: 'Quiet-Lantern-Orbit-4' };
      return api.http.post(UPDATE_PASSWORD, body, { ...PAGE_HEADERS, ...language });
    };
    for (let n = 1; n <= 3; n += 1) expectError(await guess(n), 'CAPTCHA.0007');
    await expectErrorInBothLanguages((language) => guess(4, language), 'COMMON.0429');
    expect(Number((await guess(5)).headers.get('retry-after'))).toBeGreaterThan(600);
    expect((await api.http.post(LOGIN, { user_name: email, password }, PAGE_HEADERS)).status).toBe(200);
    await api.close();
  });
});
