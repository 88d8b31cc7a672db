import { accountRetention, ChangePassword, ManageAccount, nativePolicy } from '@app/account';
import { EventFeed, PasswordHasher, Purger, Settings } from '@app/platform';
import { hashSync } from 'bcrypt';
import { aPerson, changePassword, expectProblem, ROOT, signIn, tokenTo, trySignIn } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';

const SECOND = 'the second of them all';
const THIRD = 'the third of them all';
const FOURTH = 'the fourth of them all';

describe('with PASSWORD_HISTORY=2', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ passwordHistory: 2 });
  });
  afterAll(() => api.close());
  afterEach(() => jest.restoreAllMocks());

  /** Somebody whose password was GOOD_PASSWORD, then these. */
  async function aPersonWhoHad(...passwords: string[]) {
    const { account, headers: first } = await aPerson(api);
    let [headers, currentPassword] = [first, account.password];
    for (const newPassword of passwords) {
      const answer = await changePassword(api, headers, { currentPassword, newPassword });
      expect(answer.status).toBe(200);
      [headers, currentPassword] = [bearer(answer.body.tokens.accessToken), newPassword];
    }
    return { account: { ...account, password: currentPassword }, headers };
  }
  const expectRecentlyUsed = (answer: HttpAnswer) =>
    expectProblem(answer, 422, 'password.too-weak', { reasons: ['recently-used'] });
  const hashesOf = async (accountId: string): Promise<string[]> => {
    const [row] = await api.dataSource.query('SELECT hashes FROM password_history WHERE account_id = $1', [accountId]);
    return row?.hashes ?? [];
  };

  it('[S-37] a change refuses the last two passwords before the current one, and takes the one before them', async () => {
    const { account, headers } = await aPersonWhoHad(SECOND, THIRD, FOURTH);
    for (const newPassword of [SECOND, THIRD]) {
      expectRecentlyUsed(await changePassword(api, headers, { currentPassword: FOURTH, newPassword }));
    }
    expect(await hashesOf(account.id)).toHaveLength(2);
    const back = await changePassword(api, headers, { currentPassword: FOURTH, newPassword: GOOD_PASSWORD });
    expect(back.status).toBe(200);
  });

  it('[S-37] counts as many as the policy says, however many are still kept', async () => {
    const { account } = await aPersonWhoHad(SECOND, THIRD);
    const policy = { ...nativePolicy(api.settings), history: 1 };
    const change = (newPassword: string) =>
      api.app
        .get(ChangePassword)
        .execute(
          { accountId: account.id, currentPassword: THIRD, newPassword, keepSessionId: null },
          { password: policy, currentPassword: 'always' },
          TEST_REQUESTER,
        );
    await expect(change(SECOND)).rejects.toMatchObject({ code: 'password.too-weak' });
    await expect(change(GOOD_PASSWORD)).resolves.toMatchObject({ sessionsEnded: 1 });
  });

  it('[S-37] [S-76] so does a reset, whose link stays good', async () => {
    const { account } = await aPersonWhoHad(SECOND);
    await api.http.post(`${ROOT}/password-reset`, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    const confirm = (newPassword: string) => api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword });
    expectRecentlyUsed(await confirm(GOOD_PASSWORD));
    expectProblem(await confirm(SECOND), 422, 'password.unchanged');
    expect((await confirm(THIRD)).status).toBe(204);
    expect(await hashesOf(account.id)).toHaveLength(2);
  });

  it('[S-9] [S-37] so does a change that was demanded', async () => {
    const { account } = await aPersonWhoHad(SECOND);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const { accessToken } = await signIn(api, account);
    const body = { currentPassword: SECOND, newPassword: GOOD_PASSWORD };
    expectRecentlyUsed(await changePassword(api, bearer(accessToken), body));
  });

  it('[S-32] tells nobody without the current password, and costs one hash then', async () => {
    const { headers } = await aPersonWhoHad(SECOND);
    const verify = jest.spyOn(PasswordHasher.prototype, 'verify');
    const answer = await changePassword(api, headers, { currentPassword: 'x', newPassword: GOOD_PASSWORD });
    expectProblem(answer, 422, 'password.current-wrong');
    expect(verify).toHaveBeenCalledTimes(1);
  });

  it('[S-33] counts no refusal as a wrong password', async () => {
    const { headers } = await aPersonWhoHad(SECOND);
    const body = { currentPassword: SECOND, newPassword: GOOD_PASSWORD };
    for (let n = 0; n < 11; n++) expectRecentlyUsed(await changePassword(api, headers, body));
  });

  it('[S-34] [S-38] of changes at once keeps the one hash that was replaced', async () => {
    const { account, headers } = await aPerson(api);
    const bodies = [SECOND, THIRD, FOURTH].map((newPassword) => ({ newPassword }));
    await Promise.all(bodies.map((body) => changePassword(api, headers, body)));
    expect(await hashesOf(account.id)).toHaveLength(1);
  });

  it('[S-12] a hash made anew at a sign-in adds nothing', async () => {
    const account = await anAccount(api, { passwordHash: hashSync(GOOD_PASSWORD, 4) });
    const [before] = await api.dataSource.query('SELECT password_hash FROM account WHERE id = $1', [account.id]);
    await signIn(api, { ...account, password: GOOD_PASSWORD });
    const [after] = await api.dataSource.query('SELECT password_hash FROM account WHERE id = $1', [account.id]);
    expect(after).not.toEqual(before);
    expect(await hashesOf(account.id)).toEqual([]);
  });

  it('remembers what another surface replaced, whose contract does not ask', async () => {
    const { account, headers } = await aPersonWhoHad(SECOND);
    const change = (oldPassword: string, newPassword: string) =>
      api.http.post('/v1/users/profile/change-password', { oldPassword, newPassword }, headers);
    expect((await change(SECOND, GOOD_PASSWORD)).status).toBe(200);
    expect(await hashesOf(account.id)).toHaveLength(2);
    expect((await trySignIn(api, { ...account, password: GOOD_PASSWORD })).status).toBe(201);
  });

  it('remembers nothing of an account that had no password', async () => {
    const account = await anAccount(api);
    await api.dataSource.query('UPDATE account SET password_hash = NULL WHERE id = $1', [account.id]);
    await api.http.post(`${ROOT}/password-reset`, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    const answer = await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: SECOND });
    expect(answer.status).toBe(204);
    expect(await hashesOf(account.id)).toEqual([]);
  });

  it('is erased with the account', async () => {
    const { account } = await aPersonWhoHad(SECOND);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    expect(await hashesOf(account.id)).toEqual([]);
  });

  it('[S-135] keeps no more than a lower setting needs', async () => {
    const { account } = await aPersonWhoHad(SECOND, THIRD);
    const [newest] = await hashesOf(account.id);
    for (const [passwordHistory, kept] of [
      [2, 2],
      [1, 1],
      [0, 0],
    ] as const) {
      const retention = accountRetention(new Settings({ ...api.settings, passwordHistory }));
      await new Purger(api.dataSource, api.app.get(EventFeed), retention).purge();
      const hashes = await hashesOf(account.id);
      expect(hashes).toHaveLength(kept);
      if (kept > 0) expect(hashes[0]).toBe(newest);
    }
  });

  it('the policy says so', async () => {
    const { body } = await api.http.get(`${ROOT}/password-policy`);
    expect(body.rules.at(-1)).toEqual({
      reason: 'recently-used',
      description: 'It is none of the last 2 passwords before the current one.',
    });
  });
});

it('[S-37] with PASSWORD_HISTORY=0 no hash is kept', async () => {
  const api = await bootApi();
  const { headers } = await aPerson(api);
  expect((await changePassword(api, headers)).status).toBe(200);
  expect(await api.dataSource.query('SELECT 1 FROM password_history')).toEqual([]);
  await api.close();
});
