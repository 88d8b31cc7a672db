import { SCOPES } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import type { HeaderMap } from '../support/http-client';
import {
  aService,
  aServiceClient,
  askForToken,
  basic,
  expectFields,
  expectProblem,
  NOBODY,
  tablesWith,
} from './internal-callers';

const SERVICE_CLIENTS = '/internal/v1/service-clients';
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
const SECRET = expect.stringMatching(/^[\w-]{43}$/) as string;
const UUID = expect.stringMatching(/^[0-9a-f-]{36}$/) as string;

describe('service clients, for administrators', () => {
  let api: TestApi;
  let admin: HeaderMap;
  beforeAll(async () => {
    api = await bootApi();
    admin = await aService(api, 'admin');
  });
  afterAll(() => api.close());

  const list = async (): Promise<Record<string, unknown>[]> => {
    const answer = await api.internal.get(SERVICE_CLIENTS, admin);
    expect(answer.status).toBe(200);
    expect(Object.keys(answer.body as object)).toEqual(['serviceClients', 'next']);
    return answer.body.serviceClients;
  };
  const tokenStatus = async (id: string, secret: string) => (await askForToken(api, basic(id, secret))).status;

  it('makes one whose secret is shown once and stored only as a digest [S-112]', async () => {
    const wishes = { name: 'billing', scopes: ['accounts:read', 'events:read'] };
    const answer = await api.internal.post(SERVICE_CLIENTS, wishes, admin);
    expect(answer.status).toBe(201);
    expect(answer.body).toEqual({ clientId: UUID, clientSecret: SECRET, ...wishes });
    const { clientId, clientSecret } = answer.body;
    const token = await askForToken(api, basic(clientId, clientSecret));
    expect([token.status, token.body.scope]).toEqual([200, 'accounts:read events:read']);
    expect(await list()).toContainEqual({
      clientId,
      ...wishes,
      createdAt: TIME,
      revokedAt: null,
    });
    expect(await tablesWith(api, clientSecret)).toEqual([]);
  });

  it('ends one at once', async () => {
    const { id, secret } = await aServiceClient(api, 'admin');
    const answer = await api.internal.delete(`${SERVICE_CLIENTS}/${id}`, admin);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect(await tokenStatus(id, secret)).toBe(401);
    const rotated = await api.internal.post(`${SERVICE_CLIENTS}/${id}/rotate`, {}, admin);
    expectProblem(rotated, 404, 'service-client.not-found');
  });

  it('rotates a secret: the old one goes on for the overlap and no longer [S-112]', async () => {
    const { id, secret } = await aServiceClient(api, 'admin');
    const answer = await api.internal.post(`${SERVICE_CLIENTS}/${id}/rotate`, { overlapSeconds: 3600 }, admin);
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ clientSecret: SECRET });
    const { clientSecret } = answer.body;
    expect([await tokenStatus(id, secret), await tokenStatus(id, clientSecret)]).toEqual([200, 200]);
    await api.age('61 minutes');
    expect([await tokenStatus(id, secret), await tokenStatus(id, clientSecret)]).toEqual([401, 200]);
    expect(await tablesWith(api, clientSecret)).toEqual([]);
  });

  it('never lengthens the life of a secret by rotating again', async () => {
    const { id, secret } = await aServiceClient(api, 'accounts:read');
    for (const overlapSeconds of [60, 3600]) {
      await api.internal.post(`${SERVICE_CLIENTS}/${id}/rotate`, { overlapSeconds }, admin);
    }
    expect(await tokenStatus(id, secret)).toBe(200);
    await api.age('2 minutes');
    expect(await tokenStatus(id, secret)).toBe(401);
  });

  it('rotates a secret without overlap: the old one ends at once', async () => {
    const { id, secret } = await aServiceClient(api, 'admin');
    expect((await api.internal.post(`${SERVICE_CLIENTS}/${id}/rotate`, undefined, admin)).status).toBe(200);
    expect(await tokenStatus(id, secret)).toBe(401);
  });

  it.each([
    [{ scopes: ['admin'] }, 'name isString'],
    [{ name: 'x' }, 'scopes isArray'],
    [{ name: 'x', scopes: 'admin' }, 'scopes isArray'],
    [{ name: 'x', scopes: [] }, 'scopes arrayNotEmpty'],
    [{ name: 'x', scopes: ['admin', 'admin'] }, 'scopes arrayUnique'],
    [{ name: 'x', scopes: ['everything'] }, 'scopes isIn'],
    [{ name: 'x', scopes: [null] }, 'scopes isIn'],
    [{ name: 'x', scopes: ['admin'], clientSecret: 'mine' }, 'clientSecret unknown'],
  ])('refuses %j', async (body, field) => {
    const answer = await api.internal.post(SERVICE_CLIENTS, body, admin);
    expectFields(answer, expect.arrayContaining([field]) as string[]);
  });

  it('takes every scope there is', async () => {
    const answer = await api.internal.post(SERVICE_CLIENTS, { name: 'all', scopes: SCOPES }, admin);
    expect([answer.status, answer.body.scopes]).toEqual([201, SCOPES]);
  });

  it.each([NOBODY, 'x', '%00'])('does not find %s', async (id) => {
    expectProblem(await api.internal.delete(`${SERVICE_CLIENTS}/${id}`, admin), 404, 'service-client.not-found');
    const rotated = await api.internal.post(`${SERVICE_CLIENTS}/${id}/rotate`, {}, admin);
    expectProblem(rotated, 404, 'service-client.not-found');
  });
});
