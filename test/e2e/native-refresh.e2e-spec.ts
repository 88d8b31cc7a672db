import { ManageAccount } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { aPerson, changePassword, goodTokens, me, refresh, ROOT, signIn, type Tokens } from './native-driver';

describe('native refresh', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => api.close());

  const rotate = async (tokens: Tokens, times: number): Promise<Tokens> => {
    let current = tokens;
    for (let n = 0; n < times; n++) current = (await refresh(api, current)).body;
    return current;
  };

  it('[S-91] a spent token that is shown again ends its whole family; the mailbox is told, and the log', async () => {
    const { account, tokens } = await aPerson(api);
    const other = await signIn(api, account);
    const newest = await rotate(tokens, 3);
    expect((await me(api, newest)).status).toBe(200);

    expect((await refresh(api, tokens)).body.code).toBe('refresh-token.invalid');
    expect(await goodTokens(api, newest)).toEqual([]);
    expect(await goodTokens(api, other)).toEqual(['access', 'refresh']);
    await refresh(api, tokens);
    const mails = await api.mailsTo(account.email);
    expect(mails.map(({ subject }) => subject)).toEqual(['A session of your account was ended']);
    const audited = await api.dataSource.query<unknown[]>(
      `SELECT 1 FROM audit_event WHERE account_id = $1 AND action = 'session.refresh-token-reused.v1'`,
      [account.id],
    );
    expect(audited).toHaveLength(1);
  });

  it('[S-91] a thief who has rotated the token and signed out is told of too, but not to a deleted account', async () => {
    const subjectsAfter = async (end: (id: string, headers: HeaderMap) => Promise<unknown>) => {
      const { account, tokens } = await aPerson(api);
      const newest = await rotate(tokens, 1);
      await end(account.id, bearer(newest.accessToken));
      await api.age('11 seconds');
      expect((await refresh(api, tokens)).status).toBe(401);
      return (await api.mailsTo(account.email)).map(({ subject }) => subject);
    };
    const told = 'A session of your account was ended';
    const signOut = (_id: string, headers: HeaderMap) => api.http.delete(`${ROOT}/sessions/current`, headers);
    expect(await subjectsAfter(signOut)).toEqual([told]);
    expect(await subjectsAfter((id) => api.app.get(ManageAccount).delete(id, TEST_REQUESTER))).not.toContain(told);
  });

  it('[S-91] after the grace the token before the newest ends the family too', async () => {
    const { tokens } = await aPerson(api);
    const newest = await rotate(tokens, 1);
    await api.age('11 seconds');
    expect((await refresh(api, tokens)).status).toBe(401);
    expect(await goodTokens(api, newest)).toEqual([]);
  });

  it('[S-91] without a grace each token is good once', async () => {
    jest.replaceProperty(api.settings, 'refreshGraceSeconds', 0);
    const { tokens } = await aPerson(api);
    const next = await refresh(api, tokens);
    expect(next.status).toBe(200);
    expect((await refresh(api, tokens)).status).toBe(401);
    expect(await goodTokens(api, next.body)).toEqual([]);
  });

  it('[S-91] nobody is told of a token that was first shown when its session had ended, or of a session that ran out', async () => {
    const ended = await aPerson(api);
    await api.http.delete(`${ROOT}/sessions/current`, ended.headers);
    await refresh(api, ended.tokens);
    const ranOut = await aPerson(api);
    await rotate(ranOut.tokens, 1);
    await api.age('14 days 1 second');
    for (const { account, tokens } of [ended, ranOut]) {
      expect((await refresh(api, tokens)).status).toBe(401);
      expect(await api.mailsTo(account.email)).toEqual([]);
    }
  });

  it('[S-91] a spent token of a deleted account is refused like any other, and nobody is told', async () => {
    const { account, tokens } = await aPerson(api);
    await rotate(tokens, 3);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    expect((await refresh(api, tokens)).body.code).toBe('refresh-token.invalid');
    expect((await api.mailsTo(account.email)).map(({ subject }) => subject)).toEqual(['Your account was deleted']);
  });

  it('[S-92] within the grace a lost answer is given again: the same successor', async () => {
    const { tokens } = await aPerson(api);
    const newest = await rotate(tokens, 1);
    await api.age('9 seconds');
    const again = await refresh(api, tokens);
    expect(again.status).toBe(200);
    expect(again.body).toMatchObject({ refreshToken: newest.refreshToken, session: { id: newest.session.id } });
    expect(await goodTokens(api, newest)).toEqual(['access', 'refresh']);
  });

  it('[S-92] [R16] of sixteen at once all get one successor', async () => {
    const { tokens } = await aPerson(api);
    const answers = await Promise.all(Array.from({ length: 16 }, () => refresh(api, tokens)));
    expect(answers.map(({ status }) => status)).toEqual(Array(16).fill(200));
    expect(new Set(answers.map(({ body }) => body.refreshToken)).size).toBe(1);
    const leaves = await api.dataSource.query(
      'SELECT 1 FROM refresh_token WHERE session_id = $1 AND spent_at IS NULL',
      [tokens.session.id],
    );
    expect(leaves).toHaveLength(1);
  });

  it('[S-93] the grace revives no family that a change, a logout or a service has ended', async () => {
    const endings: ((person: Awaited<ReturnType<typeof aPerson>>) => Promise<unknown>)[] = [
      ({ headers }) => changePassword(api, headers),
      ({ headers }) => api.http.delete(`${ROOT}/sessions/current`, headers),
      ({ account }) => api.app.get(ManageAccount).patch(account.id, { disabled: true }, TEST_REQUESTER),
    ];
    for (const end of endings) {
      const person = await aPerson(api);
      const newest = await rotate(person.tokens, 1);
      await end(person);
      expect((await refresh(api, person.tokens)).status).toBe(401);
      expect(await goodTokens(api, newest)).toEqual([]);
    }
  });

  it('[S-95] a session ends when it was idle too long, and at its absolute end', async () => {
    const { tokens } = await aPerson(api);
    await api.age('14 days 1 second');
    expect(await goodTokens(api, tokens)).toEqual([]);

    const busy = await aPerson(api);
    let current = busy.tokens;
    for (let week = 0; week < 4; week++) {
      await api.age('7 days');
      current = await rotate(current, 1);
    }
    expect((await me(api, current)).status).toBe(200);
    await api.age('2 days');
    expect(await goodTokens(api, current)).toEqual([]);
  });

  it('never moves the time of the password proof', async () => {
    const { tokens } = await aPerson(api);
    const authTimeOf = ({ accessToken }: Tokens) =>
      JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()).auth_time;
    await api.age('1 hour');
    const later = await rotate(tokens, 1);
    expect(authTimeOf(later)).toBe(authTimeOf(tokens) - 3600);
  });

  it('[S-83] each token is good at its own place alone', async () => {
    const { tokens } = await aPerson(api);
    const asAccess = await api.http.get(`${ROOT}/me`, bearer(tokens.refreshToken));
    expect(asAccess.body.code).toBe('access-token.invalid');
    expect((await refresh(api, { refreshToken: tokens.accessToken })).status).toBe(401);
  });

  it('[S-92] [S-95] the settings say how long the grace, an idle session and any session last', async () => {
    const brief = await bootApi({ refreshGraceSeconds: 5, sessionIdleSeconds: 60, sessionMaxSeconds: 90 });
    const idle = await aPerson(brief);
    const used = await aPerson(brief);
    await brief.age('50 seconds');
    const renewed = await refresh(brief, used.tokens);
    expect(renewed.status).toBe(200);
    await brief.age('11 seconds');
    expect((await refresh(brief, idle.tokens)).status).toBe(401);
    const again = await refresh(brief, renewed.body);
    await brief.age('4 seconds');
    expect((await refresh(brief, renewed.body)).body.refreshToken).toBe(again.body.refreshToken);
    await brief.age('26 seconds');
    expect((await refresh(brief, again.body)).status).toBe(401);

    const late = await aPerson(brief);
    await refresh(brief, late.tokens);
    await brief.age('6 seconds');
    expect((await refresh(brief, late.tokens)).status).toBe(401);
    await brief.close();
  });
});
