import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, GOOD_PASSWORD } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { STRONG_PASSWORD, tokenTo } from '../e2e/native-driver';
import { aService, expectFields, expectProblem, NOBODY, tablesWith } from './internal-callers';

const ACCOUNTS = '/internal/v1/accounts';

describe('accounts, for other services', () => {
  let api: TestApi;
  let service: HeaderMap;
  let number = 0;
  const newEmail = () => `internal-${(number += 1)}@example.com`;
  const create = (body: object) => api.internal.post(ACCOUNTS, body, service);
  const signIn = (email: string, password: string) => api.http.post('/account/v1/sessions', { email, password });
  beforeAll(async () => {
    api = await bootApi();
    service = await aService(api, 'accounts:read', 'accounts:write');
  });
  afterAll(() => api.close());

  describe('PATCH /internal/v1/accounts/:id', () => {
    it('changes what it is given and nothing else, and ends no session', async () => {
      const account = await anAccount(api, { displayName: 'Ada', plan: 'FREE' });
      const { accessToken } = await aSession(api, account);
      const path = `${ACCOUNTS}/${account.id}`;
      const before = await api.internal.get(path, service);
      const answer = await api.internal.patch(path, { plan: 'PREMIUM', locale: 'zh' }, service);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ ...before.body, plan: 'PREMIUM', locale: 'zh' });
      expect((await api.internal.patch(path, { displayName: 'Lovelace' }, service)).body).toEqual({
        ...answer.body,
        displayName: 'Lovelace',
      });
      expect((await api.http.get('/account/v1/me', bearer(accessToken))).status).toBe(200);
    });

    it('sets no password [S-17]', async () => {
      const account = await anAccount(api);
      for (const field of ['password', 'passwordHash', 'newPassword']) {
        const answer = await api.internal.patch(`${ACCOUNTS}/${account.id}`, { plan: 'FREE', [field]: 'x' }, service);
        expectFields(answer, [`${field} unknown`]);
      }
      expect((await signIn(account.email, account.password)).status).toBe(201);
    });

    it.each([
      'id',
      'email',
      'emailVerified',
      'credentialVersion',
      'passwordChangeRequired',
      'organisation',
      'deletedAt',
    ])('does not let %s be set [S-111]', async (field) => {
      const account = await anAccount(api);
      const path = `${ACCOUNTS}/${account.id}`;
      const before = await api.internal.get(path, service);
      expectFields(await api.internal.patch(path, { plan: 'FREE', [field]: 'x' }, service), [`${field} unknown`]);
      expect((await api.internal.get(path, service)).body).toEqual(before.body);
    });

    it.each([
      [{ plan: 'GOLD' }, 'plan isIn'],
      [{ plan: null }, 'plan isIn'],
      [{ locale: 'xx' }, 'locale isIn'],
      [{ disabled: 'true' }, 'disabled isBoolean'],
      [{ disabled: null }, 'disabled isBoolean'],
      [{ displayName: '' }, 'displayName hasCodePoints'],
    ])('refuses %j', async (body, field) => {
      expectFields(await api.internal.patch(`${ACCOUNTS}/${NOBODY}`, body, service), [field]);
    });

    it('refuses to change nothing', async () => {
      const account = await anAccount(api);
      expectProblem(await api.internal.patch(`${ACCOUNTS}/${account.id}`, {}, service), 422, 'change.empty');
    });
  });

  describe('disabling an account [S-97]', () => {
    const setDisabled = (id: string, disabled: boolean) =>
      api.internal.patch(`${ACCOUNTS}/${id}`, { disabled }, service);

    it('ends its tokens at once, lets nobody sign in, and tells the person', async () => {
      const account = await anAccount(api);
      const { accessToken, renewalToken } = await aSession(api, account);
      const answer = await setDisabled(account.id, true);
      expect([answer.status, answer.body.disabled]).toEqual([200, true]);

      expectProblem(await api.http.get('/account/v1/me', bearer(accessToken)), 401, 'access-token.invalid');
      const refreshed = await api.http.post('/account/v1/sessions/refresh', { refreshToken: renewalToken });
      expectProblem(refreshed, 401, 'refresh-token.invalid');
      expectProblem(await signIn(account.email, account.password), 401, 'credentials.invalid');
      expect(await api.mailsTo(account.email)).toHaveLength(1);

      expect((await api.http.post('/account/v1/password-reset', { email: account.email })).status).toBe(202);
      expect(await api.mailsTo(account.email)).toHaveLength(1);
    });

    it('voids what was pending: enabling it again brings nothing back', async () => {
      const account = await anAccount(api);
      const { accessToken, renewalToken } = await aSession(api, account);
      const change = { newEmail: newEmail(), currentPassword: account.password };
      expect((await api.http.post('/account/v1/me/email-change', change, bearer(accessToken))).status).toBe(202);
      await api.http.post('/account/v1/password-reset', { email: account.email });
      const token = await tokenTo(api, account.email, '/password-reset');

      await setDisabled(account.id, true);
      const enabled = await setDisabled(account.id, false);
      expect([enabled.status, enabled.body.disabled]).toEqual([200, false]);

      expectProblem(await api.http.get('/account/v1/me', bearer(accessToken)), 401, 'access-token.invalid');
      const refreshed = await api.http.post('/account/v1/sessions/refresh', { refreshToken: renewalToken });
      expectProblem(refreshed, 401, 'refresh-token.invalid');
      const reset = await api.http.post('/account/v1/password-reset/confirm', { token, newPassword: STRONG_PASSWORD });
      expectProblem(reset, 422, 'link.invalid');
      const signedIn = await signIn(account.email, account.password);
      const { body } = await api.http.get('/account/v1/me', bearer(signedIn.body.accessToken));
      expect(body.pendingEmailChange).toBeNull();
    });

    it('does nothing twice', async () => {
      const account = await anAccount(api);
      for (let time = 0; time < 2; time += 1) expect((await setDisabled(account.id, true)).status).toBe(200);
      expect(await api.mailsTo(account.email)).toHaveLength(1);
    });
  });

  describe('POST /internal/v1/accounts/:id/require-password-change', () => {
    it('ends the sessions, tells the person, and lets the next sign-in only change the password', async () => {
      const account = await anAccount(api);
      const { accessToken } = await aSession(api, account);
      const answer = await api.internal.post(`${ACCOUNTS}/${account.id}/require-password-change`, undefined, service);
      expect([answer.status, answer.text]).toEqual([204, '']);

      expectProblem(await api.http.get('/account/v1/me', bearer(accessToken)), 401, 'access-token.invalid');
      expect(await api.mailsTo(account.email)).toHaveLength(1);
      const { body } = await signIn(account.email, account.password);
      expect(body.passwordChangeRequired).toBe(true);
      const changed = await api.http.post(
        '/account/v1/me/email-change',
        { newEmail: newEmail(), currentPassword: account.password },
        bearer(body.accessToken),
      );
      expectProblem(changed, 403, 'access-token.restricted');
      const read = await api.internal.get(`${ACCOUNTS}/${account.id}`, service);
      expect(read.body.passwordChangeRequired).toBe(true);
    });
  });

  describe('DELETE /internal/v1/accounts/:id', () => {
    it('answers 204 once, frees the address, and a live token meets "account gone"', async () => {
      const account = await anAccount(api);
      const { accessToken } = await aSession(api, account);
      const answer = await api.internal.delete(`${ACCOUNTS}/${account.id}`, service);
      expect([answer.status, answer.text]).toEqual([204, '']);

      expectProblem(await api.http.get('/account/v1/me', bearer(accessToken)), 404, 'account.gone');
      expectProblem(await signIn(account.email, account.password), 401, 'credentials.invalid');
      const path = `${ACCOUNTS}/${account.id}`;
      expectProblem(await api.internal.delete(path, service), 404, 'account.not-found');
      expectProblem(await api.internal.get(path, service), 404, 'account.not-found');
      expectProblem(await api.internal.get(`${ACCOUNTS}?email=${account.email}`, service), 404, 'account.not-found');
      expect(await api.mailsTo(account.email)).toHaveLength(1);
      expect((await create({ email: account.email })).status).toBe(201);
    });

    it('leaves a tombstone without anything personal', async () => {
      const account = await anAccount(api, {
        displayName: 'Canary Lovelace',
        organisation: { id: 'canary-organisation', role: 'owner' },
      });
      const { accessToken } = await aSession(api, account);
      const change = { newEmail: newEmail(), currentPassword: GOOD_PASSWORD };
      expect((await api.http.post('/account/v1/me/email-change', change, bearer(accessToken))).status).toBe(202);
      await api.internal.delete(`${ACCOUNTS}/${account.id}`, service);

      const [tombstone] = await api.dataSource.query<object[]>(
        'SELECT to_jsonb(a) - ARRAY[$2, $3, $4] AS kept FROM account a WHERE id = $1',
        [account.id, 'created_at', 'deleted_at', 'credential_version'],
      );
      expect(tombstone).toEqual({
        kept: {
          id: account.id,
          email: null,
          email_verified: false,
          password_hash: null,
          plan: 'PERSONAL',
          locale: 'en',
          display_name: null,
          organisation_id: null,
          organisation_role: null,
          disabled: false,
          password_change_required: false,
          password_reset_required: false,
          password_changed_at: null,
        },
      });
      const sessions = await api.dataSource.query<object[]>(
        'SELECT DISTINCT user_agent, device, ip FROM session WHERE account_id = $1',
        [account.id],
      );
      expect(sessions).toEqual([{ user_agent: null, device: null, ip: null }]);
      expect(await tablesWith(api, 'Canary Lovelace')).toEqual([]);
      expect(await tablesWith(api, 'canary-organisation')).toEqual([]);
      // The alert is still on its way, and the log of what happened has a retention of its own.
      const inTransit = ['audit_event', 'mailbox_message', 'outbox_delivery', 'outbox_message'];
      for (const address of [account.email, change.newEmail]) {
        expect((await tablesWith(api, address)).filter((table) => !inTransit.includes(table))).toEqual([]);
      }
    });
  });
});
