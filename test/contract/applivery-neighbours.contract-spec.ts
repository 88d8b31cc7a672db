import { randomUUID } from 'node:crypto';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';

const CHANGE_PASSWORD = '/v1/users/profile/change-password';
/** As the page shows it. */
const PAGE_BODY = { oldPassword: 'CurrentSecureP@ss123', newPassword: 'NewSecureP@ssw0rd!' };

const failure = (code: number, message: string, data?: object) => ({
  status: false,
  error: { code, message, ...(data && { data }) },
});
const NOT_FOUND = failure(3001, 'Entity not found');

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

const change = (token: string, body: unknown, path = CHANGE_PASSWORD) => api.http.post(path, body, bearer(token));
const tokenOf = async (account: TestAccount) => (await aSession(api, account)).accessToken;

describe('applivery: neighbours', () => {
  it('signs in with the token pair and the user, and refreshes by rotation', async () => {
    const account = await anAccount(api, { displayName: 'Ada King Lovelace' });
    const login = await api.http.post('/v1/auth/login', {
      provider: 'traditional',
      payload: { email: account.email, password: account.password },
      language: 'en',
    });
    const date = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/);
    const token = { token: expect.any(String), expireAt: date };
    const user = {
      id: account.id,
      email: account.email,
      firstName: 'Ada',
      lastName: 'King Lovelace',
      fullName: 'Ada King Lovelace',
      hasPassword: true,
      language: 'en',
      verificationStatus: 'verified',
      createdAt: date,
      updatedAt: date,
    };
    expect([login.status, login.body]).toEqual([
      200,
      { status: true, data: { accessToken: token, refreshToken: token, user } },
    ]);
    const { accessToken, refreshToken } = login.body.data;
    const profile = await api.http.get('/v1/users/profile', bearer(accessToken.token));
    expect([profile.status, profile.body]).toEqual([200, { status: true, data: user }]);
    const refreshed = await api.http.post('/v1/auth/refresh', {
      lastAccessToken: accessToken.token,
      refreshToken: refreshToken.token,
    });
    expect([refreshed.status, refreshed.body]).toEqual([
      200,
      { status: true, data: { accessToken: token, refreshToken: token } },
    ]);
    expect(refreshed.body.data.refreshToken.token).not.toBe(refreshToken.token);
  });

  it('ends all that has followed from a refresh token when that is shown again [S-91]', async () => {
    const { accessToken: lastAccessToken, renewalToken } = await aSession(api, await anAccount(api));
    const refresh = (refreshToken: unknown) => api.http.post('/v1/auth/refresh', { lastAccessToken, refreshToken });
    const { data: next } = (await refresh(renewalToken)).body;
    const { data: newest } = (await refresh(next.refreshToken.token)).body;
    const profile = () => api.http.get('/v1/users/profile', bearer(newest.accessToken.token));
    expect((await profile()).status).toBe(200);
    expect((await refresh(renewalToken)).status).toBe(401);
    expect([(await profile()).status, (await refresh(newest.refreshToken.token)).status]).toEqual([401, 401]);
  });

  it.each([
    ['an unknown user', 'nobody@example.com', 'CurrentSecureP@ss123'],
    ['a text that is no address', 'nobody', 'CurrentSecureP@ss123'],
    ['a wrong password', 'ada@example.com', 'wrong-password'],
  ])('refuses %s with 4006', async (_, email, password) => {
    const answer = await api.http.post('/v1/auth/login', { provider: 'traditional', payload: { email, password } });
    expect([answer.status, answer.body]).toEqual([401, failure(4006, 'Invalid Credentials')]);
  });

  it('answers another’s id with 3001 before the old password, whether it exists or not', async () => {
    const [mine, theirs] = [await anAccount(api), await anAccount(api)];
    const token = await tokenOf(mine);
    for (const id of [theirs.id, randomUUID(), 'nonsense']) {
      const answer = await change(
        token,
        { ...PAGE_BODY, oldPassword: 'wrong-password' },
        `/v1/users/${id}/change-password`,
      );
      expect([answer.status, answer.body]).toEqual([404, NOT_FOUND]);
    }
    await aSession(api, theirs);
    const own = await change(token, PAGE_BODY, `/v1/users/${mine.id}/change-password`);
    expect([own.status, own.body]).toEqual([200, { status: true, data: { passwordChanged: 'OK' } }]);
  });

  it('wears its envelope on every failure of the transport', async () => {
    const token = await tokenOf(await anAccount(api));
    const json = { 'content-type': 'application/json' };
    const table: [Promise<{ status: number; body: unknown; headers: Headers }>, number, object][] = [
      [api.http.get('/v1/nothing'), 404, failure(1002, 'Route not found')],
      [api.http.get(CHANGE_PASSWORD, bearer(token)), 405, failure(1405, 'Method not allowed')],
      [
        api.http.post(CHANGE_PASSWORD, 'x'.repeat(20_000), { ...json, ...bearer(token) }),
        413,
        failure(1413, 'Body too large'),
      ],
      [
        api.http.post(CHANGE_PASSWORD, 'a=b', { 'content-type': 'text/plain', ...bearer(token) }),
        415,
        failure(1415, 'Unsupported media type'),
      ],
    ];
    for (const [request, status, body] of table) {
      const answer = await request;
      expect([answer.status, answer.body]).toEqual([status, body]);
      if (status === 405) expect(answer.headers.get('allow')).toBe('POST');
    }
  });

  it('answers 1000 when something breaks inside, and nothing has changed', async () => {
    const account = await anAccount(api);
    const token = await tokenOf(account);
    await api.dataSource.query(
      `CREATE FUNCTION break_it() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE 'broken'; END $$`,
    );
    await api.dataSource.query('CREATE TRIGGER break_it BEFORE INSERT ON outbox_message EXECUTE FUNCTION break_it()');
    const answer = await change(token, PAGE_BODY);
    await api.dataSource.query('DROP FUNCTION break_it CASCADE');
    expect([answer.status, answer.body]).toEqual([500, failure(1000, 'Internal error')]);
    expect((await api.http.get('/v1/users/profile', bearer(token))).status).toBe(200);
    await aSession(api, account);
  });
});
