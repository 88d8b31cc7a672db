import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { anApiKey, aShortToken, AUTH, aUserToken, expectCode, GET, UPDATE } from './vivoldi-client';

describe('vivoldi: what never reaches a controller', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it.each([
    '/api/user',
    '/api/user/',
    '/api/user/v1',
    '/api/user/v1/nope',
    '/api/user/v1/update/',
    '/api/user/v2/update',
  ])('answers %s as no such API', async (path) => {
    for (const method of ['GET', 'POST', 'PUT']) expectCode(await api.http.send(method, path, undefined, {}), 4041);
  });

  it.each([
    ['GET', UPDATE, 'POST, PUT'],
    ['DELETE', UPDATE, 'POST, PUT'],
    ['PATCH', UPDATE, 'POST, PUT'],
    ['POST', GET, 'GET, HEAD'],
    ['GET', AUTH, 'POST'],
    ['PUT', AUTH, 'POST'],
  ])('refuses %s %s and tells the methods that are known', async (method, path, allow) => {
    const answer = await api.http.send(method, path, undefined, {});
    expectCode(answer, 4051);
    expect(answer.headers.get('allow')).toBe(allow);
  });

  it('refuses what is no JSON by its type, and what is too long, before anything else', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/json; charset=utf-16']) {
      expectCode(await api.http.put(UPDATE, 'pwd=Zght943!', { 'content-type': type }), 4151);
    }
    expectCode(await api.http.put(UPDATE, { pwd: 'x'.repeat(20_000) }), 4131);
  });

  it('gives no foreign page leave to read or to send', async () => {
    const origin = 'http://localhost:5173';
    const answer = await api.http.put(UPDATE, {}, { origin });
    expectCode(answer, 1101);
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
    const preflight = { origin, 'access-control-request-method': 'PUT' };
    const asked = await api.http.send('OPTIONS', UPDATE, undefined, preflight);
    expect(asked.headers.get('access-control-allow-origin')).toBeNull();
  });

  it('carries the headers of every answer', async () => {
    const { headers } = await api.http.get(GET);
    expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
  });
});

describe('vivoldi: a change that fails', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  /** The database refuses to keep the change's events, with this SQLSTATE. */
  async function whileOutboxFails<T>(sqlState: string, work: () => Promise<T>): Promise<T> {
    await api.dataSource.query(`
      CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'the secret cause' USING ERRCODE = '${sqlState}';
      END $$`);
    await api.dataSource.query('CREATE TRIGGER fail BEFORE INSERT ON outbox_message EXECUTE FUNCTION fail()');
    try {
      return await work();
    } finally {
      await api.dataSource.query('DROP FUNCTION fail CASCADE');
    }
  }

  it.each([
    ['unexpectedly', 'P0001', 5000],
    ['because the database is busy', '55P03', 5031],
  ])('%s is undone whole, and its cause is not told', async (_, sqlState, code) => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    const body = { eml: `other-${account.email}`, pwd: 'Zght943!' };
    const answer = await whileOutboxFails(sqlState, () => api.http.put(UPDATE, body, headers));
    expectCode(answer, code);
    expect(answer.headers.get('retry-after')).toBe(code === 5031 ? '1' : null);
    expect((await api.http.get(GET, headers)).body.result).toMatchObject({ eml: account.email, emlVerifiedYn: 'Y' });
    expect(await aUserToken(api, account)).toBeTruthy();
    expectCode(await api.http.put(UPDATE, body, headers), 0);
  });
});

describe('vivoldi: a service with other settings', () => {
  async function onService<T>(changes: Parameters<typeof bootApi>[0], use: (api: TestApi) => Promise<T>): Promise<T> {
    const api = await bootApi(changes);
    try {
      return await use(api);
    } finally {
      await api.close();
    }
  }

  it('throttles by source in its envelope, unknown paths too', async () => {
    await onService({ sourceRequestsPerMinute: 2 }, async ({ http }) => {
      for (const path of [GET, GET]) expectCode(await http.get(path), 1101);
      for (const path of [GET, '/api/user/nope']) {
        const answer = await http.get(path);
        expectCode(answer, 4291);
        expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
      }
    });
  });

  it('refuses plain http in production, when its proxy says so', async () => {
    const plain: HeaderMap = { 'x-forwarded-proto': 'http' };
    await onService({ isProduction: true, trustedProxies: ['loopback'] }, async ({ http }) => {
      expectCode(await http.put(UPDATE, {}, plain), 4031);
      expectCode(await http.put(UPDATE, {}, { 'x-forwarded-proto': 'https' }), 1101);
    });
  });

  it('knows no fresh sign-in when none is fresh enough, but a token from the auth endpoint', async () => {
    await onService({ stepUpMaxAgeSeconds: 0 }, async (api) => {
      const account = await anAccount(api);
      const apiKey = await anApiKey(api, account);
      expectCode(await api.http.put(UPDATE, { pwd: 'Zght943!' }, await aUserToken(api, account)), 1103);
      expectCode(await api.http.put(UPDATE, { pwd: 'Zght943!' }, await aShortToken(api, apiKey)), 0);
    });
  });

  it('refuses common passwords where the operator says so', async () => {
    process.env.VIVOLDI_COMMON_PASSWORDS = 'refuse';
    try {
      await onService({}, async (api) => {
        const headers = await aUserToken(api, await anAccount(api));
        expectCode(await api.http.put(UPDATE, { pwd: 'password1' }, headers), 2102);
        expectCode(await api.http.put(UPDATE, { pwd: 'Zght943!' }, headers), 0);
      });
    } finally {
      delete process.env.VIVOLDI_COMMON_PASSWORDS;
    }
  });
});
