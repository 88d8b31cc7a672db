import { codeOf, expectEdgeHeaders, json, type Running, SECRET, send, sendRaw, start } from './edge-server';

describe('the edge', () => {
  let server: Running;
  const port = (side: string) => (side === 'internal' ? server.internalPort : server.publicPort);

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.app.close());

  describe('errors [S-124]', () => {
    it('are problem details with the request id', async () => {
      const answer = await send(server.publicPort, '/nowhere');
      expect(answer.headers['content-type']).toMatch('application/problem+json');
      expect(JSON.parse(answer.text)).toEqual({
        type: 'https://rekey.example/problems/route.not-found',
        title: 'There is nothing at this path.',
        status: 404,
        code: 'route.not-found',
        detail: 'There is nothing at this path.',
        instance: answer.headers['x-request-id'],
      });
    });

    it.each([
      ['/account/v1/fails', 500, 'unexpected'],
      ['/account/v1/busy', 503, 'service.busy'],
    ])('show nothing of what was thrown at %s', async (path, status, code) => {
      const answer = await send(server.publicPort, path);
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
      expect(answer.text).not.toContain(SECRET);
      expect(answer.headers['retry-after']).toBe(status === 503 ? '1' : undefined);
    });

    it.each([
      ['an unknown path', '/toy/v1/nowhere', { method: 'GET' }, 400, { toy: 'route.not-found' }],
      ['another spelling of its path', '/%74oy/v1/nowhere', { method: 'GET' }, 400, { toy: 'route.not-found' }],
      ['its bare prefix', '/toy', { method: 'GET' }, 400, { toy: 'route.not-found' }],
      ['another method', '/toy/v1/things', { method: 'GET' }, 405, { toy: 'method.not-allowed' }],
      [
        'a broken rule',
        '/toy/v1/things',
        { ...json('{}'), method: 'PUT' },
        400,
        { toy: 'body.invalid', first: 'name' },
      ],
      [
        'a form',
        '/toy/v1/things',
        { ...json('a=b', { 'content-type': 'text/plain' }), method: 'PUT' },
        400,
        { toy: 'media-type.unsupported' },
      ],
      ['a page that failed', '/toy/v1/page', { method: 'GET' }, 400, { toy: 'account.gone' }],
      ['what its guard rendered', '/toy/v1/rendered', { method: 'GET' }, 402, { toy: 'rendered' }],
    ])('are rendered by the surface of the path: %s', async (_what, path, sent, status, body) => {
      const answer = await send(server.publicPort, path, sent);
      expect([answer.status, JSON.parse(answer.text)]).toEqual([status, body]);
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      expect(answer.headers.allow).toBe(status === 405 ? 'PUT' : undefined);
    });
  });

  describe('what dies before routing', () => {
    const get = (target: string, headers = '') =>
      `GET ${target} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n${headers}\r\n`;

    it.each<[string, string, number]>([
      ['a path that cannot be decoded', get('/account/%ff-secret'), 400],
      ['a path with half an escape', get('/%-secret'), 400],
      ['a parameter of monstrous length', get(`/account/v1/things/${'secret'.repeat(200)}`), 400],
      ['an unknown verb', 'SECRET / HTTP/1.1\r\nHost: x\r\n\r\n', 400],
      ['no HTTP at all', 'secret\r\n\r\n', 400],
      ['a bad Content-Length', get('/', 'Content-Length: secret\r\n'), 400],
      ['two lengths', get('/', 'Content-Length: 1\r\nTransfer-Encoding: chunked\r\n'), 400],
      ['a header that is too long', get('/', `X-Long: ${'secret'.repeat(5000)}\r\n`), 431],
      ['a thousand headers', get('/', 'X-Of-Usual-Length: secret\r\n'.repeat(1000)), 431],
      ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ])('%s gets a neutral answer without echo [S-124] [S-126] [S-128]', async (_what, bytes, status) => {
      for (const side of ['public', 'internal']) {
        const answer = await sendRaw(port(side), bytes);
        expect(JSON.parse(answer.text)).toEqual({
          type: 'https://rekey.example/problems/request.malformed',
          title: 'The request is not well-formed.',
          status,
          code: 'request.malformed',
          detail: 'The request is not well-formed.',
          instance: answer.headers['x-request-id'],
        });
        expect(answer.status).toBe(status);
        expectEdgeHeaders(answer);
      }
    });

    it('an odd Expect is ignored', async () => {
      const answer = await sendRaw(server.publicPort, get('/health/live', 'Expect: a-miracle\r\n'));
      expect(answer).toMatchObject({ status: 200, text: 'live' });
      expectEdgeHeaders(answer);
    });
  });
});
