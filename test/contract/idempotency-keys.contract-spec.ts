import { request as httpRequest } from 'node:http';
import { randomUUID } from 'node:crypto';
import { SCOPES } from '@app/session';
import { ROOT } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { builtDocuments, type DocumentedRoute, documentedRoutes } from '../support/openapi.mjs';
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

  describe('is honoured on the start of a change of address and each internal POST but the import, and nowhere else:', () => {
    const routes = [...builtDocuments()].flatMap(([name, document]) => documentedRoutes(name, document));
    const nameOf = ({ method, path }: DocumentedRoute) => `${method} ${path}`;
    const honouring = routes
      .filter(({ method, path }) => method === 'POST' && (path === EMAIL_CHANGE || path.startsWith('/internal/')))
      // It can be sent again as it is.
      .filter(({ path }) => path !== IMPORT)
      .map(nameOf);

    it('[S-130] so the documents of all surfaces say', () => {
      const saying = routes.filter(({ operation }) =>
        operation.parameters?.some((parameter) => 'name' in parameter && parameter.name === 'Idempotency-Key'),
      );
      expect(saying.map(nameOf)).toEqual(honouring);
      expect(honouring).toContain(`POST ${EMAIL_CHANGE}`);
      expect(honouring.length).toBeGreaterThan(10);
    });

    it('[S-130] so do the native and the internal routes', async () => {
      const account = await anAccount(api);
      const refusing = [];
      for (const route of routes.filter(({ document }) => ['account', 'internal'].includes(document))) {
        const [client, proof] =
          route.document === 'internal'
            ? [api.internal, service]
            : [api.http, bearer((await aSession(api, account)).accessToken)];
        const headers = { ...proof, ...(route.path === IMPORT ? NDJSON : {}), 'idempotency-key': '' };
        const body = ['GET', 'DELETE'].includes(route.method) ? undefined : {};
        const answer = await client.send(route.method, route.path.replace(/\{\w+\}/, NOBODY), body, headers);
        if (answer.body?.code === 'idempotency-key.malformed') refusing.push(nameOf(route));
      }
      expect(refusing).toEqual(honouring);
    });
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
