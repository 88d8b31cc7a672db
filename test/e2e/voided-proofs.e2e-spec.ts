import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, OTHER_GOOD_PASSWORD } from '../support/factories';
import { bearer } from '../support/http-client';

describe('a change of credentials', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('[L-1] [L-3] [S-40] leaves no reset link, pending change, live code or open session behind, though its version has killed them already', async () => {
    const { id, email, password } = await anAccount(api);
    const { accessToken } = await aSession(api, { id, email, password });
    const standing = async () => {
      const [row] = await api.dataSource.query(
        `SELECT (SELECT count(*)::int FROM reset_token WHERE account_id = $1) AS resets,
           (SELECT count(*)::int FROM pending_email_change WHERE account_id = $1) AS pending,
           (SELECT count(*)::int FROM mailed_code WHERE account_id = $1 AND ended_at IS NULL) AS codes,
           (SELECT count(*)::int FROM session WHERE account_id = $1 AND ended_at IS NULL) AS sessions`,
        [id],
      );
      return row;
    };
    const change = { newEmail: `next-${email}`, currentPassword: password };
    await api.http.post('/account/v1/me/email-change', change, bearer(accessToken));
    await api.http.post('/account/v1/password-reset', { email });
    expect(await standing()).toEqual({ resets: 1, pending: 1, codes: 1, sessions: 1 });

    const body = { currentPassword: password, newPassword: OTHER_GOOD_PASSWORD, signOut: 'everywhere' };
    expect((await api.http.put('/account/v1/me/password', body, bearer(accessToken))).status).toBe(200);
    expect(await standing()).toEqual({ resets: 0, pending: 0, codes: 0, sessions: 0 });
  });
});
