import { codeOf, expectEdgeHeaders, type Running, send, start } from './edge-server';

describe('the edge behind a proxy', () => {
  let server: Running;
  const forwarded = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https' };

  beforeAll(async () => {
    server = await start({
      isProduction: true,
      trustedProxies: ['127.0.0.1'],
      corsOrigins: 'localhost',
      sourceRequestsPerMinute: 3,
    });
  });
  afterAll(() => server.app.close());

  it('keeps the request id of the proxy', async () => {
    const headers = { ...forwarded, 'x-request-id': 'proxy-id_1' };
    expect((await send(server.publicPort, '/health/live', { headers })).headers['x-request-id']).toBe('proxy-id_1');
  });

  it.each(['short', 'has a space in it', 'x'.repeat(65)])('draws an id of its own in place of "%s"', async (given) => {
    const headers = { ...forwarded, 'x-request-id': given };
    expect((await send(server.publicPort, '/health/live', { headers })).headers['x-request-id']).toMatch(
      /^[0-9a-f-]{36}$/,
    );
  });

  it('demands https for a year [S-128]', async () => {
    const { headers } = await send(server.publicPort, '/health/live', { headers: forwarded });
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  it.each([
    ['http', 403],
    ['https, http', 403],
    ['https', 200],
    ['http, https', 200],
  ])('answers what the proxy took over %s with %i', async (protocol, status) => {
    const headers = { ...forwarded, 'x-forwarded-proto': protocol };
    expect((await send(server.publicPort, '/health/live', { headers })).status).toBe(status);
  });

  it('needs no forwarded address to see that it was plain http', async () => {
    const headers = { 'x-forwarded-proto': 'http' };
    expect((await send(server.publicPort, '/health/live', { headers })).status).toBe(403);
  });

  it('answers a health check that the proxy makes itself', async () => {
    expect((await send(server.publicPort, '/health/live')).status).toBe(200);
  });

  it('refuses a source that asks too often, on its surface, and no other source [S-25] [S-26]', async () => {
    const from = (source: string) => ({
      headers: { ...forwarded, 'x-forwarded-for': source, origin: 'http://localhost:5173' },
    });
    const ask = () => send(server.publicPort, '/nowhere', from('198.51.100.1'));
    for (let asked = 0; asked < 3; asked += 1) expect((await ask()).status).toBe(404);

    const refused = await ask();
    expect([refused.status, codeOf(refused)]).toEqual([429, 'request.too-many']);
    const seconds = Number(refused.headers['retry-after']);
    expect(seconds).toBeGreaterThan(0);
    expect(refused.headers.ratelimit).toBe(`"source";r=0;t=${seconds}`);
    expect(refused.headers['ratelimit-policy']).toBe('"source";q=3;w=60');
    expect(refused.headers['access-control-allow-origin']).toBe('http://localhost:5173');
    expectEdgeHeaders(refused);
    expect(JSON.parse((await send(server.publicPort, '/toy/v1/rendered', from('198.51.100.1'))).text)).toEqual({
      toy: 'request.too-many',
    });

    expect((await send(server.publicPort, '/nowhere', from('198.51.100.2'))).status).toBe(404);
    expect((await send(server.publicPort, '/health/live', from('198.51.100.1'))).status).toBe(200);
    expect((await send(server.internalPort, '/metrics', from('198.51.100.1'))).status).toBe(200);
  });
});

describe('the edge in production with another proxy [S-25]', () => {
  let server: Running;
  const headers = { 'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'http', 'x-request-id': 'a-strangers-id' };

  beforeAll(async () => {
    server = await start({ isProduction: true, trustedProxies: ['192.0.2.9'], sourceRequestsPerMinute: 1 });
  });
  afterAll(() => server.app.close());

  it('believes nothing that a stranger says was forwarded', async () => {
    const answer = await send(server.publicPort, '/account/v1/things/7', { headers });
    expect(answer.status).toBe(200);
    expect(answer.headers['x-request-id']).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('counts a stranger by its own address', async () => {
    const asOther = { ...headers, 'x-forwarded-for': '192.0.2.2' };
    expect((await send(server.publicPort, '/account/v1/things/7', { headers: asOther })).status).toBe(429);
  });
});
