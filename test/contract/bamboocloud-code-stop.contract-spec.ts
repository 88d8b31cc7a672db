import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount } from '../support/factories';
import { ROOT, STRONG_PASSWORD, tokenTo } from '../e2e/native-driver';
import {
  aCode,
  expectEmptySuccess,
  expectError,
  LOGIN,
  PAGE_HEADERS,
  signedIn,
  UPDATE_EMAIL,
  UPDATE_PASSWORD,
  wrongCode,
} from './bamboocloud-client';

const NEW = 'Quiet-Lantern-Orbit-4';
const NOBODY = 'nobody-here@example.com';

describe('bamboocloud: a hundred wrong codes in a row', () => {
  let api: TestApi;
  let account: TestAccount;
  let targets = 0;
  const aTarget = () => `stop-${(targets += 1)}@example.com`;
  const forgotten = (email: string, verify_code: string) =>
    api.http.post(UPDATE_PASSWORD, { email, verify_code, password: NEW }, PAGE_HEADERS);
  const move = (idToken: string, email: string, verify_code: string) =>
    api.http.post(UPDATE_EMAIL, { email, verify_code }, signedIn(idToken));
  const login = (password: string) =>
    api.http.post(LOGIN, { user_name: account.email, password }, PAGE_HEADERS).then(({ status }) => status);
  const reset = async (): Promise<void> => {
    await api.http.post(`${ROOT}/password-reset`, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    const answer = await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: STRONG_PASSWORD });
    expect(answer.status).toBe(204);
  };

  beforeAll(async () => {
    // As many in a window as in a row: the hard stop is met without the pauses before it.
    api = await bootApi({ codeTries: 100, sourceFailures: 0 });
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    account = await anAccount(api);
  });

  it('[S-23] [S-50] are the last for a forgotten password; sessions and sign-in go on, and a reset by a link opens it', async () => {
    const idToken = (await aSession(api, account)).accessToken;
    for (let sends = 0; sends < 4; sends += 1) {
      const code = await aCode(api, account.email, 'FORGET_PWD_EMS');
      for (let n = 1; n <= 25; n += 1) expectError(await forgotten(account.email, wrongCode(code, n)), 'CAPTCHA.0007');
    }
    await api.age('11 minutes');
    const late = await aCode(api, account.email, 'FORGET_PWD_EMS');
    expectError(await forgotten(account.email, late), 'CAPTCHA.0007');
    expect(await login(account.password)).toBe(200);
    const target = aTarget();
    expectEmptySuccess(await move(idToken, target, await aCode(api, target)));
    account.email = target;
    await reset();
    const right = await aCode(api, account.email, 'FORGET_PWD_EMS');
    expectEmptySuccess(await forgotten(account.email, right));
    expect(await login(NEW)).toBe(200);
  });

  it('[S-23] [S-50] are the last of an account at all addresses, until a reset by a link', async () => {
    const idToken = (await aSession(api, account)).accessToken;
    for (let n = 1; n <= 100; n += 1) expectError(await move(idToken, aTarget(), 'wrong'), 'CAPTCHA.0007');
    await api.age('11 minutes');
    const target = aTarget();
    expectError(await move(idToken, target, await aCode(api, target)), 'CAPTCHA.0007');
    await reset();
    const again = (await aSession(api, { ...account, password: STRONG_PASSWORD })).accessToken;
    expectEmptySuccess(await move(again, target, await aCode(api, target)));
  });

  it('[S-22] [S-71] are answered from then on as a wrong code for nobody, by as many statements', async () => {
    for (let n = 1; n <= 100; n += 1) {
      for (const email of [account.email, NOBODY]) expectError(await forgotten(email, '000000'), 'CAPTCHA.0007');
    }
    await api.age('11 minutes');
    const statementsFor = async (email: string): Promise<string[]> => {
      const queries = jest.spyOn(api.dataSource, 'query');
      expectError(await forgotten(email, '000000'), 'CAPTCHA.0007');
      const statements = queries.mock.calls.map(([sql]) => sql);
      queries.mockRestore();
      return statements.sort();
    };
    expect(await statementsFor(account.email)).toEqual(await statementsFor(NOBODY));
    const [row] = await api.dataSource.query(`SELECT array_agg(action) AS last FROM (
      SELECT action FROM audit_event ORDER BY id DESC LIMIT 2) AS newest`);
    expect(row.last).toEqual(['code.wrong', 'code.refused']);
  });
});
