import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount } from '../support/factories';
import { bearer } from '../support/http-client';

const CHANGE_PASSWORD = '/v1/users/profile/change-password';
/** As the page shows it. */
const PAGE_BODY = { oldPassword: 'CurrentSecureP@ss123', newPassword: 'NewSecureP@ssw0rd!' };

describe('applivery: change password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('answers the page’s own example as the page does, and every token of the account is dead', async () => {
    const account = await anAccount(api, { password: PAGE_BODY.oldPassword });
    const { accessToken } = await aSession(api, account);
    const other = await aSession(api, account);
    const answer = await api.http.post(CHANGE_PASSWORD, PAGE_BODY, bearer(accessToken));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ status: true, data: { passwordChanged: 'OK' } });
    for (const token of [accessToken, other.accessToken]) {
      const again = await api.http.post(CHANGE_PASSWORD, PAGE_BODY, bearer(token));
      expect(again.status).toBe(401);
      expect(again.body).toEqual({ status: false, error: { code: 4001, message: 'Unauthorized' } });
    }
    const mails = await api.mailsTo(account.email);
    expect(mails).toHaveLength(1);
  });
});
