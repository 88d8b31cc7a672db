import { expectEdgeHeaders, json, type Running, type Sent, send, start } from './edge-server';

describe('the edge', () => {
  let server: Running;
  const port = (side: string) => (side === 'internal' ? server.internalPort : server.publicPort);

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.app.close());

  describe('headers', () => {
    it.each<[string, string, Sent]>([
      ['200', '/health/live', {}],
      ['201', '/account/v1/ping', { method: 'POST' }],
      ['401', '/account/v1/things', { method: 'POST' }],
      ['404', '/nowhere', {}],
      ['405', '/account/v1/things', {}],
      ['413', '/account/v1/things', json('x'.repeat(20_000))],
      ['415', '/account/v1/things', json('a=b', { 'content-type': 'text/plain' })],
      ['422', '/account/v1/things', json('{}')],
      ['500', '/account/v1/fails', {}],
      ['503', '/account/v1/busy', {}],
      ['402', '/toy/v1/rendered', {}],
    ])('stand on a %s [S-128]', async (status, path, sent) => {
      const answer = await send(server.publicPort, path, sent);
      expect(answer.status).toBe(Number(status));
      expectEdgeHeaders(answer);
    });

    it('do not speak of https on plain http in development [S-128]', async () => {
      expect((await send(server.publicPort, '/health/live')).headers).not.toHaveProperty('strict-transport-security');
    });

    it('never take the request id of a stranger', async () => {
      const headers = { 'x-request-id': 'a-strangers-id', 'x-forwarded-for': '192.0.2.1' };
      expect((await send(server.publicPort, '/health/live', { headers })).headers['x-request-id']).toMatch(
        /^[0-9a-f-]{36}$/,
      );
    });
  });

  describe('CORS [S-128]', () => {
    const origin = 'https://app.example';

    it('lets an allowed origin read answers and errors, without credentials', async () => {
      for (const path of ['/account/v1/things/7', '/nowhere']) {
        const { headers } = await send(server.publicPort, path, { headers: { origin } });
        expect(headers['access-control-allow-origin']).toBe(origin);
        expect(headers['access-control-expose-headers']).toBe('X-Request-Id, Retry-After, WWW-Authenticate');
        expect(headers.vary).toBe('Origin');
        expect(headers).not.toHaveProperty('access-control-allow-credentials');
      }
    });

    it('answers the preflight of an allowed origin', async () => {
      const headers = {
        origin,
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization',
      };
      const answer = await send(server.publicPort, '/account/v1/things', { method: 'OPTIONS', headers });
      expect(answer.status).toBe(204);
      expect(answer.headers['access-control-allow-methods']).toContain('POST');
      expect(answer.headers['access-control-allow-headers']).toBe('authorization');
      expectEdgeHeaders(answer);
    });

    it('takes an OPTIONS that is no preflight for any other method', async () => {
      const answer = await send(server.publicPort, '/account/v1/things', { method: 'OPTIONS', headers: { origin } });
      expect([answer.status, answer.headers.allow]).toEqual([405, 'POST']);
    });

    it.each([
      ['another origin', 'public', '/account/v1/things/7', 'https://app.example.evil'],
      ['the origin null', 'public', '/account/v1/things/7', 'null'],
      ['a surface that is not for browsers', 'public', '/toy/v1/rendered', origin],
      ['another spelling of it', 'public', '/%74oy/v1/rendered', origin],
      ['the internal listener', 'internal', '/internal/v1/things', origin],
    ])('lets nobody read for %s', async (_what, side, path, from) => {
      for (const method of ['GET', 'OPTIONS']) {
        const headers = { origin: from, 'access-control-request-method': 'POST' };
        const answer = await send(port(side), path, { method, headers });
        expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
        expect(answer.status).not.toBe(204);
      }
    });

    const readableFor = async ({ publicPort }: Running, from: string): Promise<boolean> => {
      const { headers } = await send(publicPort, '/account/v1/things/7', { headers: { origin: from } });
      const readable = headers['access-control-allow-origin'];
      expect([undefined, from]).toContain(readable);
      return readable !== undefined;
    };

    it.each([
      ['another scheme', 'http://app.example'],
      ['a port', 'https://app.example:8443'],
      ['the port that is meant anyway', 'https://app.example:443'],
      ['other case', 'https://APP.example'],
      ['other case of the scheme', 'HTTPS://app.example'],
      ['a slash at its end', 'https://app.example/'],
      ['a dot at its end', 'https://app.example.'],
      ['a name before it', 'https://x.app.example'],
      ['a login', 'https://app.example@evil.example'],
      ['a second origin', 'https://app.example https://evil.example'],
      ['nothing before it', '//app.example'],
      ['nothing', ''],
    ])('compares with the listed origins byte for byte: %s', async (_what, from) => {
      expect(await readableFor(server, from)).toBe(false);
    });

    describe('for any localhost', () => {
      let local: Running;
      beforeAll(async () => {
        local = await start({ corsOrigins: 'localhost' });
      });
      afterAll(() => local.app.close());

      it.each(['http://localhost', 'https://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]:65535'])(
        'lets %s read',
        async (from) => {
          expect(await readableFor(local, from)).toBe(true);
        },
      );

      it.each([
        'null',
        'http://localhost.evil.example',
        'http://evil-localhost',
        'http://evil.example/http://localhost',
        'http://localhost@evil.example',
        'http://localhost:3000@evil.example',
        'http://localhost:3000.evil.example',
        'http://127.0.0.1.evil.example',
        'http://127.0.0.10',
        'http://127x0.0.1',
        'http://localhost:99999999',
        'http://localhost:',
        'http://localhost:3000/',
        'https://LOCALHOST',
        'HTTP://localhost',
        'http://localhost.',
        'http://[::1].evil.example',
        'http://::1',
        'http://0.0.0.0',
        'ftp://localhost',
        'chrome-extension://localhost',
        'localhost',
        'http://localhost http://evil.example',
      ])('lets %s not read', async (from) => {
        expect(await readableFor(local, from)).toBe(false);
      });

      it('lets none read what the internal listener answers', async () => {
        const headers = { origin: 'http://localhost:3000', 'access-control-request-method': 'POST' };
        for (const method of ['POST', 'OPTIONS']) {
          const answer = await send(local.internalPort, '/internal/v1/things', { method, headers });
          expect(answer.headers).not.toHaveProperty('access-control-allow-origin');
        }
      });
    });
  });
});
