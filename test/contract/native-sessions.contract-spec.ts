import { randomUUID } from 'node:crypto';
import { ManageAccount } from '@app/account';
import { AccessTokens } from '@app/session';
import { aPerson, expectProblem, goodTokens, me, refresh, ROOT, signIn, trySignIn } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';

const SESSIONS = `${ROOT}/sessions`;
const RFC_3339_UTC = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

const TOKENS = {
  accessToken: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
  tokenType: 'Bearer',
  expiresIn: 600,
  refreshToken: expect.stringMatching(/^[\w-]{43}$/),
  session: { id: expect.stringMatching(UUID), expiresAt: expect.stringMatching(RFC_3339_UTC) },
};

describe('native API: sessions', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('a sign-in is answered with 201 and its tokens', async () => {
    const answer = await trySignIn(api, await anAccount(api));
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual(TOKENS);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    const days = (Date.parse(answer.body.session.expiresAt) - Date.now()) / 86_400_000;
    expect(days).toBeCloseTo(30, 2);
  });

  it('a wrong pair is answered with 401', async () => {
    const answer = await trySignIn(api, { email: 'nobody@example.com', password: 'x' });
    expectProblem(answer, 401, 'credentials.invalid');
  });

  it('[S-9] who must change the password is told so, at sign-in and at each refresh', async () => {
    const account = await anAccount(api);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const answer = await trySignIn(api, account);
    expect(answer.body).toEqual({ ...TOKENS, passwordChangeRequired: true });
    expect((await refresh(api, answer.body)).body).toEqual({ ...TOKENS, passwordChangeRequired: true });
  });

  it('[S-95] a refresh is answered with 200, other tokens and the same session with the same end', async () => {
    const tokens = await signIn(api, await anAccount(api));
    const answer = await refresh(api, tokens);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ ...TOKENS, session: tokens.session });
    expect(answer.body.refreshToken).not.toBe(tokens.refreshToken);
    expect(answer.body.accessToken).not.toBe(tokens.accessToken);
  });

  it('[S-83] what is no refresh token is answered with 401', async () => {
    const tokens = await signIn(api, await anAccount(api));
    for (const refreshToken of ['', 'x', '\0', tokens.accessToken, tokens.session.id]) {
      expectProblem(await refresh(api, { refreshToken }), 401, 'refresh-token.invalid');
    }
  });

  it('[S-98] the list shows one’s own live sessions, and no token', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const withAgent = { 'user-agent': 'Second device\u00a0/ 2' };
    const second = await api.http.post(SESSIONS, { email: account.email, password: account.password }, withAgent);
    const ended = await signIn(api, account);
    await api.http.delete(`${SESSIONS}/current`, bearer(ended.accessToken));
    await aPerson(api);

    const answer = await api.http.get(SESSIONS, headers);
    expect(answer.status).toBe(200);
    const time = expect.stringMatching(RFC_3339_UTC);
    const common = { createdAt: time, lastSeenAt: time, ip: '127.0.0.1' };
    expect(answer.body).toEqual({
      sessions: [
        { ...common, ...second.body.session, current: false, device: 'Second device\u00a0/ 2' },
        { ...common, ...tokens.session, current: true, device: 'node' },
      ],
    });
  });

  it('[S-98] one’s own session is ended by its id, once', async () => {
    const { account, headers } = await aPerson(api);
    const other = await signIn(api, account);
    const path = `${SESSIONS}/${other.session.id.toUpperCase()}`;
    const answer = await api.http.delete(path, headers);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await goodTokens(api, other)).toEqual([]);
    expectProblem(await api.http.delete(path, headers), 404, 'session.not-found');
  });

  it('[S-98] another’s session is not found, and nothing happens to it', async () => {
    const { headers } = await aPerson(api);
    const stranger = await aPerson(api);
    for (const id of [stranger.tokens.session.id, randomUUID(), 'x', '%00', `${stranger.tokens.session.id}x`]) {
      const answer = await api.http.delete(`${SESSIONS}/${encodeURIComponent(id)}`, headers);
      expectProblem(answer, 404, 'session.not-found');
    }
    expectProblem(await api.http.delete(`${SESSIONS}/%00`, headers), 404, 'session.not-found');
    expect(await goodTokens(api, stranger.tokens)).toEqual(['access', 'refresh']);
  });

  it('[S-96] a logout ends its session, and so does a second one', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const other = await signIn(api, account);
    for (let times = 0; times < 2; times++) {
      const answer = await api.http.delete(`${SESSIONS}/current`, headers);
      expect([answer.status, answer.text]).toEqual([204, '']);
    }
    expect(await goodTokens(api, tokens)).toEqual([]);
    expect(await goodTokens(api, other)).toEqual(['access', 'refresh']);
  });

  it('[S-96] an expired token still logs out', async () => {
    const { account, tokens } = await aPerson(api);
    const now = new Date(Date.now() - 3_600_000);
    const subject = { accountId: account.id, sessionId: tokens.session.id, applicationId: null, now };
    const end = new Date(tokens.session.expiresAt);
    const { accessToken } = api.app.get(AccessTokens).mint({ ...subject, authenticatedAt: now, expiresAt: end });
    expect((await api.http.delete(`${SESSIONS}/current`, bearer(accessToken))).status).toBe(204);
    expect(await goodTokens(api, tokens)).toEqual([]);
  });

  it('all sessions, or all others, are ended at once', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const stranger = await aPerson(api);
    const others = [await signIn(api, account), await signIn(api, account)];
    expect((await api.http.delete(`${SESSIONS}?scope=others`, headers)).status).toBe(204);
    for (const other of others) expect(await goodTokens(api, other)).toEqual([]);
    expect((await me(api, tokens)).status).toBe(200);

    const answer = await api.http.delete(`${SESSIONS}?scope=all`, headers);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await goodTokens(api, tokens)).toEqual([]);
    expect(await goodTokens(api, stranger.tokens)).toEqual(['access', 'refresh']);
  });

  it('nothing is ended without a known scope', async () => {
    const { tokens, headers } = await aPerson(api);
    const errors = [
      { field: 'scope', code: 'isIn', message: 'scope must be one of the following values: others, all' },
    ];
    for (const query of ['', '?scope=', '?scope=mine', '?scope=all&scope=all', '?scope[]=all']) {
      const answer = await api.http.delete(SESSIONS + query, headers);
      expect([answer.status, answer.body.code]).toEqual([422, 'body.invalid']);
      if (query === '') expectProblem(answer, 422, 'body.invalid', { errors });
    }
    expect((await me(api, tokens)).status).toBe(200);
  });
});
