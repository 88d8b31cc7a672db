import { ManageAccount } from '@app/account';
import {
  aPerson,
  changePassword,
  expectProblem,
  goodTokens,
  me,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  trySignIn,
} from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';

const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const time = expect.stringMatching(RFC_3339_UTC);

describe('native API: me and the password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('me shows the account, by the guard’s own query alone', async () => {
    const { account, tokens } = await aPerson(api, { plan: 'FREE', locale: 'zh', emailVerified: false });
    const queries = jest.spyOn(api.dataSource, 'query');
    const answer = await me(api, tokens);
    expect(queries).toHaveBeenCalledTimes(1);
    queries.mockRestore();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      id: account.id,
      email: account.email,
      emailVerified: false,
      plan: 'FREE',
      locale: 'zh',
      passwordChangedAt: time,
      createdAt: time,
      pendingEmailChange: null,
    });
  });

  it('me shows the pending change of address', async () => {
    const { tokens, headers } = await aPerson(api);
    const pending = await startEmailChange(api, headers, 'pending@example.com');
    expect((await me(api, tokens)).body.pendingEmailChange).toEqual(pending.body);
  });

  it('a change of the password is answered with 200, its time, and new tokens for the session that asks', async () => {
    const { account, headers } = await aPerson(api);
    await signIn(api, account);
    const answer = await changePassword(api, headers);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      passwordChangedAt: time,
      sessionsEnded: 1,
      tokens: {
        accessToken: expect.any(String),
        tokenType: 'Bearer',
        expiresIn: 600,
        refreshToken: expect.any(String),
        session: { id: expect.any(String), expiresAt: time },
      },
    });
    const shown = await me(api, answer.body.tokens);
    expect(shown.body.passwordChangedAt).toBe(answer.body.passwordChangedAt);
  });

  it('signed out everywhere, no session goes on', async () => {
    const { account, headers } = await aPerson(api);
    await signIn(api, account);
    const answer = await changePassword(api, headers, { signOut: 'everywhere' });
    expect(answer.body).toEqual({ passwordChangedAt: time, sessionsEnded: 2 });
  });

  it('a token that may only change the password does so, and ends with it', async () => {
    const account = await anAccount(api);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const tokens = await signIn(api, account);
    const answer = await changePassword(api, bearer(tokens.accessToken), { signOut: 'others' });
    expect(answer.body).toEqual({ passwordChangedAt: time, sessionsEnded: 1 });
    expect(await goodTokens(api, tokens)).toEqual([]);
    const again = await trySignIn(api, { ...account, password: STRONG_PASSWORD });
    expect(again.body).not.toHaveProperty('passwordChangeRequired');
  });

  it.each([
    ['a wrong one', 'not the password'],
    ['an over-long one', 'x'.repeat(129)],
    ['one with NUL', `${GOOD_PASSWORD}\0`],
    ['another case', GOOD_PASSWORD.toUpperCase()],
  ])('[S-32] the current password must be right: %s is not', async (_, currentPassword) => {
    const { headers } = await aPerson(api);
    expectProblem(await changePassword(api, headers, { currentPassword }), 422, 'password.current-wrong');
  });

  it.each([
    ['too-short', '😀'.repeat(14)],
    ['too-long', 'ab'.repeat(64) + 'c'],
    ['too-long', 'x'.repeat(5000)],
    ['not-text', `${STRONG_PASSWORD}\0`],
    ['common', 'passwordpassword'],
    ['same-as-address', 'heron.keeper-2026'],
    ['same-as-name', 'Margarete Steiff 1847'],
    ['same-as-service', 'rekeyrekeyrekey'],
  ])('[S-4] [S-7] a new password that is weak is refused with the reason: %s', async (reason, newPassword) => {
    const { account, tokens, headers } = await weaklyNamed(api);
    const answer = await changePassword(api, headers, { newPassword });
    expectProblem(answer, 422, 'password.too-weak', { reasons: [reason] });
    expect((await me(api, tokens)).status).toBe(200);
    expect((await trySignIn(api, account)).status).toBe(201);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
  });

  it('[S-2] a new password with a lone surrogate is refused', async () => {
    const { headers } = await aPerson(api);
    const body = `{"currentPassword":"${GOOD_PASSWORD}","newPassword":"${STRONG_PASSWORD}\\ud800"}`;
    const answer = await api.http.put(`${ROOT}/me/password`, body, headers);
    expectProblem(answer, 422, 'password.too-weak', { reasons: ['not-text'] });
  });

  it.each(['😀'.repeat(15), 'ab'.repeat(64), 'é'.normalize('NFD').repeat(100)])(
    '[S-5] [S-6] a password within the bounds is taken, and signs in',
    async (newPassword) => {
      const { account, headers } = await aPerson(api);
      expect((await changePassword(api, headers, { newPassword })).status).toBe(200);
      expect((await trySignIn(api, { ...account, password: newPassword })).status).toBe(201);
    },
  );

  it('[S-37] the password that the account has already is refused', async () => {
    const { headers } = await aPerson(api);
    expectProblem(await changePassword(api, headers, { newPassword: GOOD_PASSWORD }), 422, 'password.unchanged');
  });

  it('[S-33] after ten wrong ones even the right one is refused for a while', async () => {
    const { headers } = await aPerson(api);
    for (let n = 0; n < 10; n++) await changePassword(api, headers, { currentPassword: 'x' });
    const answer = await changePassword(api, headers);
    expectProblem(answer, 429, 'password.too-many-tries');
    expect(Number(answer.headers.get('retry-after'))).toBeLessThanOrEqual(900);
  });

  it('the policy is open to all', async () => {
    const answer = await api.http.get(`${ROOT}/password-policy`);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      minLength: 15,
      maxLength: 128,
      rules: expect.any(Array),
      passwordrules: 'minlength: 15; maxlength: 128; allowed: unicode;',
    });
    const rules: { reason: string }[] = answer.body.rules;
    expect(rules[0]).toEqual({ reason: 'too-short', description: 'It has at least 15 characters.' });
    expect(rules.map(({ reason }) => reason)).toEqual(
      'too-short too-long not-text common same-as-address same-as-name same-as-service'.split(' '),
    );
  });
});

async function weaklyNamed(api: TestApi) {
  return aPerson(api, { email: 'heron.keeper@example.com', displayName: 'Margarete Steiff' });
}
