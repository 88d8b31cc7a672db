import { request as httpRequest } from 'node:http';
import { randomUUID } from 'node:crypto';
import { SCOPES } from '@app/session';
import { ROOT } from '../e2e/native-driver';
import { declaredRoutes } from '../e2e/route-policies';
import { bootApi, type TestApi } from '../support/boot-api';
import type { HeaderMap, HttpAnswer } from '../support/http-client';
import { aService, NOBODY } from './internal-callers';
import { IMPORT, NDJSON } from './internal-import-client';

const EMAIL_CHANGE = `${ROOT}/me/email-change`;
const APPLICATIONS = '/internal/v1/applications';
const aKey = () => ({ 'idempotency-key': randomUUID() });

describe('Idempotency-Key', () => {
  let api: TestApi;
  let service: HeaderMap;
  beforeAll(async () => {
    api = await bootApi({ mailsPerAddressPerHour: 1 });
    service = await aService(api, ...SCOPES);
  });
  afterAll(() => api.close());

  const register = (headers: HeaderMap, name = 'Mobile app'): Promise<HttpAnswer> =>
    api.internal.post(APPLICATIONS, { name }, { ...service, ...headers });

  it('[S-116] is forgotten after 24 hours and works anew', async () => {
    const key = aKey();
    const first = await register(key);
    await api.age('23 hours');
    expect((await register(key)).text).toBe(first.text);
    await api.age('2 hours');
    const anew = await register(key, 'Another name');
    expect([anew.status, anew.body.name]).toEqual([201, 'Another name']);
  });

  it('[S-116] is worth nothing after 24 hours although its row is still there', async () => {
    const key = aKey();
    const first = await register(key);
    await api.age('25 hours');
    const anew = await register(key, 'Another name');
    expect([anew.status, anew.body.name]).toEqual([201, 'Another name']);
    expect(anew.body.clientId).not.toBe(first.body.clientId);
  });

  it('is not needed: two requests without one are two', async () => {
    const [first, second] = [await register({}), await register({})];
    expect(second.body.clientId).not.toBe(first.body.clientId);
  });

  it.each([
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a tab', 'a\tb'],
    ['a letter beyond ASCII', 'é'],
  ])('[S-130] is refused when it holds %s', async (_what, key) => {
    const answer = await register({ 'idempotency-key': key });
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency-key.malformed']);
  });

  it('[S-130] is refused when it is sent twice', async () => {
    const headers = { ...service, 'content-type': 'application/json', 'idempotency-key': ['a', 'b'] };
    const status = await new Promise((resolve, reject) => {
      const outgoing = httpRequest(api.internal.baseUrl + APPLICATIONS, { method: 'POST', headers }, (answer) => {
        resolve(answer.resume().statusCode);
      });
      outgoing.on('error', reject).end('{"name":"x"}');
    });
    expect(status).toBe(400);
  });

  it('takes 255 printable characters', async () => {
    expect((await register({ 'idempotency-key': `"${'~ '.repeat(126)}"` })).status).toBe(201);
  });

  it('is honoured on every internal POST but the import, which can be sent again as it is', async () => {
    const posts = declaredRoutes(api.app).filter(({ method, path }) => method === 'POST' && /^\/internal\//.test(path));
    expect(posts.length).toBeGreaterThan(10);
    const deaf: string[] = [];
    for (const { path } of posts) {
      const headers = { ...service, 'idempotency-key': '', ...(path === IMPORT ? NDJSON : {}) };
      const { body } = await api.internal.post(path.replace(/:\w+/, NOBODY), path === IMPORT ? '' : {}, headers);
      if (body.code !== 'idempotency-key.malformed') deaf.push(path);
    }
    expect(deaf).toEqual([IMPORT]);
  });

  it('may be sent by a page of an allowed origin', async () => {
    const answer = await api.app.inject({
      method: 'OPTIONS',
      url: EMAIL_CHANGE,
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-headers']).toContain('idempotency-key');
  });
});
