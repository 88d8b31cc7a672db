import { codeOf, type Running, send, sendRaw, start } from './edge-server';

describe('the edge', () => {
  let server: Running;
  const port = (side: string) => (side === 'internal' ? server.internalPort : server.publicPort);

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.app.close());

  describe('methods and paths [S-127]', () => {
    it.each<[string, string, string, number, string | undefined]>([
      ['public', 'GET', '/nowhere', 404, undefined],
      ['internal', 'GET', '/nowhere', 404, undefined],
      ['public', 'GET', `/nowhere/${'x'.repeat(200)}`, 404, undefined],
      ['public', 'DELETE', '/account/v1/things', 405, 'POST'],
      ['public', 'HEAD', '/account/v1/things', 405, 'POST'],
      ['public', 'OPTIONS', '/account/v1/things', 405, 'POST'],
      ['public', 'TRACE', '/account/v1/things', 405, 'POST'],
      ['public', 'PROPFIND', '/account/v1/things', 405, 'POST'],
      ['public', 'QUERY', '/account/v1/things', 405, 'POST'],
      ['public', 'TRACE', '/nowhere', 404, undefined],
      ['public', 'OPTIONS', '/nowhere', 404, undefined],
      ['public', 'POST', '/account/v1/things/7', 405, 'GET, HEAD'],
      ['public', 'HEAD', '/account/v1/things/7', 200, undefined],
      ['public', 'GET', '/account/v1/things/', 404, undefined],
      ['public', 'GET', '/account/v1/things/7/', 404, undefined],
      ['public', 'GET', '/Account/v1/things/7', 404, undefined],
      ['public', 'GET', '//account/v1/things/7', 404, undefined],
      ['internal', 'POST', '/internal/v1/things', 405, 'GET, HEAD'],
      ['internal', 'OPTIONS', '/internal/v1/things', 405, 'GET, HEAD'],
      ['internal', 'GET', '/account/v1/things/7', 404, undefined],
      ['public', 'POST', '/internal/v1/things', 404, undefined],
    ])('on the %s listener answers %s %s with %i (Allow: %s)', async (side, method, path, status, allow) => {
      const answer = await send(port(side), path, { method });
      expect([answer.status, answer.headers.allow]).toEqual([status, allow]);
    });

    it('does not let a header override the method', async () => {
      const headers = { 'x-http-method-override': 'POST', 'x-method-override': 'POST', authorization: 'yes' };
      expect((await send(server.publicPort, '/account/v1/things', { headers })).status).toBe(405);
    });

    it.each(['http://rekey.example/account/v1/things/7', '*'])('refuses the request target %s', async (target) => {
      const answer = await sendRaw(
        server.publicPort,
        `OPTIONS ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`,
      );
      expect([answer.status, codeOf(answer)]).toEqual([400, 'request.malformed']);
    });

    it('gives an over-long parameter to its route', async () => {
      expect((await send(server.publicPort, `/account/v1/things/${'7'.repeat(500)}`)).status).toBe(200);
    });
  });

  describe('two listeners [S-127]', () => {
    it.each([
      '/internal/v1/things',
      '/Internal/v1/things',
      '//internal/v1/things',
      '/%69nternal/v1/things',
      '/internal%2Fv1/things',
      '/./internal/v1/things',
      '/metrics',
    ])('shows nothing at %s on the public one', async (path) => {
      const answer = await send(server.publicPort, path);
      expect([answer.status, codeOf(answer)]).toEqual([404, 'route.not-found']);
    });

    it.each([
      ['internal', '/internal/v1/things', 'internal things'],
      ['internal', '/%69nternal/v1/things', 'internal things'],
      ['internal', '/metrics', 'metrics'],
      ['internal', '/health/live', 'live'],
      ['public', '/health/live', 'live'],
      ['internal', '/docs', 'internal'],
      ['public', '/docs', 'public'],
    ])('serves the %s %s', async (side, path, text) => {
      expect(await send(port(side), path)).toMatchObject({ status: 200, text });
    });
  });
});
