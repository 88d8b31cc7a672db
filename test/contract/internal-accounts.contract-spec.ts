import { hashSync } from 'bcrypt';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, GOOD_PASSWORD } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { STRONG_PASSWORD, tokenTo } from '../e2e/native-driver';
import { aService, expectFields, expectProblem, NOBODY, tablesWith } from './internal-callers';

const ACCOUNTS = '/internal/v1/accounts';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

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

  describe('POST /internal/v1/accounts', () => {
    it('makes an account of an address alone', async () => {
      const email = newEmail();
      const answer = await create({ email });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        email,
        emailVerified: false,
        plan: 'PERSONAL',
        locale: 'en',
        displayName: null,
        organisation: null,
        disabled: false,
        passwordChangeRequired: false,
        hasPassword: false,
        passwordChangedAt: null,
        createdAt: TIME,
      });
    });

    it('makes an account of all that can be said', async () => {
      const email = newEmail();
      const answer = await create({
        email: email.toUpperCase(),
        password: 'x',
        emailVerified: true,
        plan: 'BUSINESS',
        locale: 'zh',
        displayName: 'Ada 🙂',
        organisation: { id: 'org-1', role: 'owner' },
      });
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        id: expect.any(String),
        email,
        emailVerified: true,
        plan: 'BUSINESS',
        locale: 'zh',
        displayName: 'Ada 🙂',
        organisation: { id: 'org-1', role: 'owner' },
        disabled: false,
        passwordChangeRequired: false,
        hasPassword: true,
        passwordChangedAt: TIME,
        createdAt: TIME,
      });
      expect((await signIn(email, 'x')).status).toBe(201);
    });

    it.each(['$2a$', '$2b$', '$2y$'])('takes over a bcrypt hash of the form %s', async (prefix) => {
      const email = newEmail();
      const passwordHash = hashSync('imported-password', 4).replace('$2b$', prefix);
      const answer = await create({ email, passwordHash });
      expect([answer.status, answer.body.hasPassword]).toEqual([201, true]);
      expect((await signIn(email, 'imported-password')).status).toBe(201);
      expect((await signIn(email, 'another')).status).toBe(401);
    });

    it('stores the password only as a hash', async () => {
      const password = 'canary-Zm9vYmFy';
      await create({ email: newEmail(), password });
      expect(await tablesWith(api, password)).toEqual([]);
    });

    const hash = hashSync('x', 4);
    it.each<[string, object, string[]]>([
      ['no address', {}, ['email isString']],
      ['null for an address', { email: null }, ['email isString']],
      [
        'a password beside a hash',
        { email: 'a@example.com', password: 'x', passwordHash: hash },
        ['passwordHash excludes'],
      ],
      ['an empty password', { email: 'a@example.com', password: '' }, ['password hasCodePoints']],
      ['129 characters', { email: 'a@example.com', password: 'x'.repeat(129) }, ['password hasCodePoints']],
      ['NUL in a password', { email: 'a@example.com', password: 'a\0b' }, ['password isCleanText']],
      ['a boolean as text', { email: 'a@example.com', emailVerified: 'true' }, ['emailVerified isBoolean']],
      ['null for a boolean', { email: 'a@example.com', emailVerified: null }, ['emailVerified isBoolean']],
      ['an unknown plan', { email: 'a@example.com', plan: 'GOLD' }, ['plan isIn']],
      ['null for a plan', { email: 'a@example.com', plan: null }, ['plan isIn']],
      ['an unknown language', { email: 'a@example.com', locale: '../../etc' }, ['locale isIn']],
      ['an empty name', { email: 'a@example.com', displayName: '' }, ['displayName hasCodePoints']],
      ['half a character', { email: 'a@example.com', displayName: '\ud800' }, ['displayName isCleanText']],
      ['a list of organisations', { email: 'a@example.com', organisation: [] }, ['organisation isObject']],
      ['an organisation as text', { email: 'a@example.com', organisation: 'x' }, ['organisation isObject']],
      [
        'an organisation without a role',
        { email: 'a@example.com', organisation: { id: 'x' } },
        ['organisation.role isIn'],
      ],
      [
        'an unknown field of an organisation',
        { email: 'a@example.com', organisation: { id: 'x', role: 'owner', plan: 'BUSINESS' } },
        ['organisation.plan unknown'],
      ],
    ])('refuses %s', async (_what, body, fields) => {
      const answer = await create(body);
      const [field = ''] = fields;
      expect(answer.body.errors).toEqual(
        expect.arrayContaining([expect.objectContaining({ field: field.split(' ')[0], code: field.split(' ')[1] })]),
      );
      expect([answer.status, answer.body.code]).toEqual([422, 'body.invalid']);
    });

    it.each([
      'id',
      'credentialVersion',
      'disabled',
      'passwordChangeRequired',
      'passwordChangedAt',
      'deletedAt',
      'role',
    ])('does not let %s be set [S-111]', async (field) => {
      expectFields(await create({ email: newEmail(), [field]: true }), [`${field} unknown`]);
    });

    it.each([
      ['no address at all', { email: 'nobody' }, 422, 'email.invalid'],
      ['a hash that is none', { email: 'a@example.com', passwordHash: 'secret' }, 422, 'password-hash.unsupported'],
      [
        'a hash of another kind',
        { email: 'a@example.com', passwordHash: '$argon2id$v=19$m' },
        422,
        'password-hash.unsupported',
      ],
    ] as const)('refuses %s', async (_what, body, status, code) => {
      expectProblem(await create(body), status, code);
    });

    it('refuses an address that somebody has, in any spelling', async () => {
      const email = newEmail();
      await create({ email });
      for (const spelling of [email, email.toUpperCase()]) {
        expectProblem(await create({ email: spelling }), 409, 'email.unavailable');
      }
    });

    it('refuses what is no JSON', async () => {
      expectProblem(await api.internal.post(ACCOUNTS, '{"email":', service), 400, 'body.malformed');
    });
  });

  describe('reading an account', () => {
    it('finds it by its id and by any spelling of its address', async () => {
      const account = await anAccount(api, { displayName: 'Ada' });
      const byId = await api.internal.get(`${ACCOUNTS}/${account.id}`, service);
      expect(byId.status).toBe(200);
      expect(byId.body).toMatchObject({ id: account.id, email: account.email, hasPassword: true, displayName: 'Ada' });
      const byEmail = await api.internal.get(`${ACCOUNTS}?email=${account.email.toUpperCase()}`, service);
      expect(byEmail.status).toBe(200);
      expect(byEmail.body).toEqual(byId.body);
    });

    it.each([NOBODY, 'null', 'undefined', '0', '%00', "'%20OR%20true--"])('does not find %s [S-18]', async (id) => {
      const path = `${ACCOUNTS}/${id}`;
      expectProblem(await api.internal.get(path, service), 404, 'account.not-found');
      expectProblem(await api.internal.patch(path, { plan: 'FREE' }, service), 404, 'account.not-found');
      expectProblem(await api.internal.delete(path, service), 404, 'account.not-found');
      const required = await api.internal.post(`${path}/require-password-change`, undefined, service);
      expectProblem(required, 404, 'account.not-found');
    });

    it('does not find an address that is nobody’s', async () => {
      expectProblem(await api.internal.get(`${ACCOUNTS}?email=nobody@example.com`, service), 404, 'account.not-found');
    });

    it.each(['?email=', '?email=nobody', '?email=null', '?email=%00'])(
      'refuses %s for an address [S-18]',
      async (query) => {
        expectProblem(await api.internal.get(ACCOUNTS + query, service), 422, 'email.invalid');
      },
    );

    it.each([
      ['', ['email isString']],
      ['?email=a@example.com&email=b@example.com', ['email isString']],
      ['?email[a]=a@example.com', ['email isString', '(unnamed) unknown']],
      ['?email=a@example.com&plan=FREE', ['plan unknown']],
    ])('refuses the query "%s" [S-18]', async (query, fields) => {
      expectFields(await api.internal.get(ACCOUNTS + query, service), fields);
    });
  });

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
      [{ locale: 'fr' }, 'locale isIn'],
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
