import { hashSync } from 'bcrypt';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
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

    it('[S-22] refuses a hash that costs more than ours, and says both costs', async () => {
      const { status, body } = await create({ email: newEmail(), passwordHash: `$2b$05$${'x'.repeat(53)}` });
      expect([status, body.code]).toEqual([422, 'password-hash.unsupported']);
      const message = 'Its cost is 5, and BCRYPT_COST of this service is 4. It must be at least as high.';
      expect(body.errors).toEqual([{ field: 'passwordHash', code: 'cost', message }]);
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
      await anAccount(api);
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
});
