import { ApiKeys } from '@app/account';
import { Applications } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { aService, expectFields, expectProblem, NOBODY, tablesWith } from './internal-callers';

const APPLICATIONS = '/internal/v1/applications';
const API_KEYS = '/internal/v1/api-keys';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
const SECRET = expect.stringMatching(/^[\w-]{43}$/) as string;
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

describe('who may call, for administrators', () => {
  let api: TestApi;
  let admin: HeaderMap;
  beforeAll(async () => {
    api = await bootApi();
    admin = await aService(api, 'admin');
  });
  afterAll(() => api.close());

  const list = async (path: string, key: string): Promise<Record<string, unknown>[]> => {
    const answer = await api.internal.get(path, admin);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body as object)).toEqual(path.startsWith(API_KEYS) ? [key] : [key, 'next']);
    return answer.body[key];
  };

  describe('applications', () => {
    it('registers one, lists it, and ends it', async () => {
      const answer = await api.internal.post(APPLICATIONS, { name: 'Mobile app' }, admin);
      expect(answer.status).toBe(201);
      expect(answer.body).toEqual({
        clientId: expect.stringMatching(/^[A-Za-z0-9]{32}$/),
        name: 'Mobile app',
        createdAt: TIME,
      });
      const isRegistered = () => api.app.get(Applications).isRegistered(answer.body.clientId);
      expect(await isRegistered()).toBe(true);
      expect(await list(APPLICATIONS, 'applications')).toContainEqual({ ...answer.body, revokedAt: null });

      const revoked = await api.internal.delete(`${APPLICATIONS}/${answer.body.clientId}`, admin);
      expect([revoked.status, revoked.text]).toEqual([204, '']);
      expect(await isRegistered()).toBe(false);
      expect(await list(APPLICATIONS, 'applications')).toContainEqual({ ...answer.body, revokedAt: TIME });
    });

    it.each([
      [{}, ['name isString']],
      [{ name: null }, ['name isString']],
      [{ name: '' }, ['name hasCodePoints']],
      [{ name: 'a\0b' }, ['name isCleanText']],
      [{ name: 'x'.repeat(101) }, ['name hasCodePoints']],
      [{ name: 'x', clientId: 'mine' }, ['clientId unknown']],
    ])('refuses %j', async (body, fields) => {
      const answer = await api.internal.post(APPLICATIONS, body, admin);
      expectFields(answer, expect.arrayContaining(fields) as string[]);
    });

    it.each(['nobody', '%00', 'x'.repeat(256)])('does not find %s', async (id) => {
      expectProblem(await api.internal.delete(`${APPLICATIONS}/${id}`, admin), 404, 'application.not-found');
    });
  });

  describe('API keys', () => {
    const holderOf = async (apiKey: string) => (await api.app.get(ApiKeys).holderOf(apiKey))?.id ?? null;
    const anApiKey = async () => {
      const { id: accountId } = await anAccount(api);
      const { status, body } = await api.internal.post(API_KEYS, { accountId }, admin);
      expect(status).toBe(201);
      expect(body).toEqual({ id: UUID, apiKey: SECRET });
      return { accountId, ...body } as { accountId: string; id: string; apiKey: string };
    };

    it('makes one that is shown once and stored only as a digest [S-112]', async () => {
      const { accountId, id, apiKey } = await anApiKey();
      expect(await holderOf(apiKey)).toBe(accountId);
      expect(await list(`${API_KEYS}?accountId=${accountId}`, 'apiKeys')).toEqual([
        { id, accountId, createdAt: TIME, expiresAt: null, revokedAt: null },
      ]);
      expect(await tablesWith(api, apiKey)).toEqual([]);
    });

    it('ends one at once', async () => {
      const { accountId, id, apiKey } = await anApiKey();
      const answer = await api.internal.delete(`${API_KEYS}/${id}`, admin);
      expect([answer.status, answer.text]).toEqual([204, '']);
      expect(await holderOf(apiKey)).toBeNull();
      expect(await list(`${API_KEYS}?accountId=${accountId}`, 'apiKeys')).toMatchObject([{ id, revokedAt: TIME }]);
      expectProblem(await api.internal.post(`${API_KEYS}/${id}/rotate`, {}, admin), 404, 'api-key.not-found');
    });

    it('rotates one: the old one goes on for the overlap and no longer [S-112]', async () => {
      const { accountId, id, apiKey } = await anApiKey();
      const answer = await api.internal.post(`${API_KEYS}/${id}/rotate`, { overlapSeconds: 3600 }, admin);
      expect(answer.status).toBe(200);
      expect(answer.body).toEqual({ id: UUID, apiKey: SECRET });
      expect(answer.body.id).not.toBe(id);
      expect([await holderOf(apiKey), await holderOf(answer.body.apiKey)]).toEqual([accountId, accountId]);
      await api.age('59 minutes');
      expect(await holderOf(apiKey)).toBe(accountId);
      await api.age('2 minutes');
      expect([await holderOf(apiKey), await holderOf(answer.body.apiKey)]).toEqual([null, accountId]);
      expect(await list(`${API_KEYS}?accountId=${accountId}`, 'apiKeys')).toMatchObject([
        { id, expiresAt: TIME },
        { id: answer.body.id, expiresAt: null },
      ]);
    });

    it('rotates one without overlap: the old one ends at once', async () => {
      const { id, apiKey } = await anApiKey();
      expect((await api.internal.post(`${API_KEYS}/${id}/rotate`, undefined, admin)).status).toBe(200);
      expect(await holderOf(apiKey)).toBeNull();
    });

    it('never lengthens a life by rotating again', async () => {
      const { id, apiKey } = await anApiKey();
      await api.internal.post(`${API_KEYS}/${id}/rotate`, { overlapSeconds: 60 }, admin);
      await api.internal.post(`${API_KEYS}/${id}/rotate`, { overlapSeconds: 3600 }, admin);
      await api.age('2 minutes');
      expect(await holderOf(apiKey)).toBeNull();
    });

    it('makes none for an account that is not there', async () => {
      expectProblem(await api.internal.post(API_KEYS, { accountId: NOBODY }, admin), 404, 'account.not-found');
    });

    it('ends with its account', async () => {
      const { accountId, apiKey } = await anApiKey();
      const service = await aService(api, 'accounts:write');
      await api.internal.delete(`/internal/v1/accounts/${accountId}`, service);
      expect(await holderOf(apiKey)).toBeNull();
    });

    it.each([{}, { accountId: 'x' }, { accountId: null }])('refuses %j', async (body) => {
      expectFields(await api.internal.post(API_KEYS, body, admin), ['accountId isUuid']);
    });

    it('lists those of one account only [S-18]', async () => {
      expectFields(await api.internal.get(API_KEYS, admin), ['accountId isUuid']);
      expectFields(await api.internal.get(`${API_KEYS}?accountId=`, admin), ['accountId isUuid']);
      expect(await list(`${API_KEYS}?accountId=${NOBODY}`, 'apiKeys')).toEqual([]);
    });

    it.each([NOBODY, 'x', '%00'])('does not find %s', async (id) => {
      expectProblem(await api.internal.delete(`${API_KEYS}/${id}`, admin), 404, 'api-key.not-found');
      expectProblem(await api.internal.post(`${API_KEYS}/${id}/rotate`, {}, admin), 404, 'api-key.not-found');
    });

    it.each([-1, 1.5, '60', null, 30 * 24 * 3600 + 1])('refuses an overlap of %j', async (overlapSeconds) => {
      const answer = await api.internal.post(`${API_KEYS}/${NOBODY}/rotate`, { overlapSeconds }, admin);
      expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([
        422,
        'body.invalid',
        'overlapSeconds',
      ]);
    });
  });
});
