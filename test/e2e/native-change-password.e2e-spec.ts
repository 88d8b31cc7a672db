import { ContinueSession } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession } from '../support/factories';
import { bearer } from '../support/http-client';
import {
  aPerson,
  changePassword,
  codeTo,
  confirmEmailChange,
  goodTokens,
  me,
  refresh,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';

interface ListedSession {
  current: boolean;
  expiresAt: string;
}

describe('native change of the password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('[L-5] [S-35] [S-36] keeps this session under a new id with its old end, and nothing earlier lives', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const others = [await signIn(api, account), await signIn(api, account)];
    await api.age('3 hours');
    const before = await me(api, tokens);
    const listed = await api.http.get(`${ROOT}/sessions`, headers);
    const sessions: ListedSession[] = listed.body.sessions;
    const expiresAt = sessions.find(({ current }) => current)?.expiresAt;

    const { body } = await changePassword(api, headers);
    expect(body.sessionsEnded).toBe(2);
    expect(body.tokens.session.id).not.toBe(tokens.session.id);
    expect(body.tokens.session.expiresAt).toBe(expiresAt);
    for (const earlier of [tokens, ...others]) expect(await goodTokens(api, earlier)).toEqual([]);
    expect((await me(api, body.tokens)).body.id).toBe(before.body.id);
    const again = await refresh(api, body.tokens);
    expect(again.body.session).toEqual(body.tokens.session);
    expect(await goodTokens(api, again.body)).toEqual(['access', 'refresh']);
  });

  it('[L-5] a kept session ends with its first end, however often it was kept', async () => {
    const { headers } = await aPerson(api);
    const first = await changePassword(api, headers);
    await api.age('29 days');
    const early = await api.http.post(`${ROOT}/sessions/refresh`, { refreshToken: first.body.tokens.refreshToken });
    expect(early.status).toBe(401);
    const { account, headers: daily } = await aPerson(api);
    const kept = await changePassword(api, daily);
    await api.age('13 days');
    const refreshed = await refresh(api, kept.body.tokens);
    await api.age('13 days');
    const third = await refresh(api, refreshed.body);
    await api.age('5 days');
    expect(await goodTokens(api, third.body)).toEqual([]);
    expect((await trySignIn(api, { ...account, password: STRONG_PASSWORD })).status).toBe(201);
  });

  it('[S-39] the old password no longer signs in, the new one does, and the mailbox is told once', async () => {
    const { account, headers } = await aPerson(api);
    await changePassword(api, headers);
    expect((await trySignIn(api, account)).status).toBe(401);
    expect((await trySignIn(api, { ...account, password: STRONG_PASSWORD })).status).toBe(201);
    const mails = await api.mailsTo(account.email);
    expect(mails.map(({ subject }) => subject)).toEqual(['Your password was changed']);
    expect(mails[0]?.text).not.toContain(STRONG_PASSWORD);
  });

  it('[S-32] changes the account of the token, whatever a stranger’s is', async () => {
    const stranger = await aPerson(api);
    const { headers } = await aPerson(api);
    await changePassword(api, headers);
    expect(await goodTokens(api, stranger.tokens)).toEqual(['access', 'refresh']);
    expect((await trySignIn(api, stranger.account)).status).toBe(201);
  });

  it('[S-40] [S-68] [L-1] [L-3] voids the pending change of address, its code and link, and the reset link', async () => {
    const { account, headers } = await aPerson(api);
    const newEmail = `new-${account.email}`;
    await startEmailChange(api, headers, newEmail);
    await api.http.post(`${ROOT}/password-reset`, { email: account.email });
    const code = await codeTo(api, newEmail);
    const cancelToken = await tokenTo(api, account.email, '/email-change/cancel');
    const token = await tokenTo(api, account.email, '/password-reset');

    const { body } = await changePassword(api, headers);
    const now = bearer(body.tokens.accessToken);
    expect((await me(api, body.tokens)).body.pendingEmailChange).toBeNull();
    expect((await confirmEmailChange(api, now, code)).body.code).toBe('code.invalid');
    const cancel = await api.http.post(`${ROOT}/email-change/cancel`, { token: cancelToken });
    expect(cancel.body.code).toBe('link.invalid');
    const reset = await api.http.post(`${ROOT}/password-reset/confirm`, {
      token,
      newPassword: 'another good password',
    });
    expect(reset.body.code).toBe('link.invalid');
    expect((await me(api, body.tokens)).body.email).toBe(account.email);
  });

  it('[S-38] [R1] of eight at once with one old password exactly one wins', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const passwords = Array.from({ length: 8 }, (_, n) => `the winner is number ${n}`);
    const answers = await Promise.all(passwords.map((newPassword) => changePassword(api, headers, { newPassword })));

    const winners = passwords.filter((_, n) => answers[n]?.status === 200);
    expect(winners).toHaveLength(1);
    const losers = answers.filter(({ status }) => status !== 200).map(({ body }) => body.code);
    for (const code of losers) {
      expect(['account.changed-meanwhile', 'password.current-wrong', 'access-token.invalid']).toContain(code);
    }
    const signedIn = [];
    for (const password of passwords) {
      if ((await trySignIn(api, { ...account, password })).status === 201) signedIn.push(password);
    }
    expect(signedIn).toEqual(winners);
    expect(await goodTokens(api, tokens)).toEqual([]);
    expect(await api.mailsTo(account.email)).toHaveLength(1);
  });

  it('has no tokens, and no error, for a kept session that has ended since', async () => {
    const { sessionId, accessToken } = await aSession(api, await anAccount(api), { renewal: 'none' });
    await api.http.delete(`${ROOT}/sessions/current`, bearer(accessToken));
    expect(await api.app.get(ContinueSession).afterChange(sessionId)).toBeNull();
  });

  it('a reading of me never acts', async () => {
    const account = await anAccount(api);
    const tokens = await signIn(api, account);
    const before = await api.dataSource.query('SELECT * FROM session WHERE account_id = $1', [account.id]);
    await me(api, tokens);
    await api.http.get(`${ROOT}/sessions`, bearer(tokens.accessToken));
    expect(await api.dataSource.query('SELECT * FROM session WHERE account_id = $1', [account.id])).toEqual(before);
  });
});
