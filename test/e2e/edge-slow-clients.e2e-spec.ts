import { codeOf, expectEdgeHeaders, type Running, send, sendRaw, start } from './edge-server';

const HALF_A_HEAD = 'GET /health/live HTTP/1.1\r\nHost: x\r\n';
const HALF_A_BODY =
  'POST /account/v1/things HTTP/1.1\r\nHost: x\r\nAuthorization: yes\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{';
const CLIENTS_OF_EACH = 100;

describe('slow clients [S-126]', () => {
  let server: Running;
  const listeners = () => {
    const { server: open, internalServer } = server.app.getHttpAdapter().getInstance();
    return { public: open, internal: internalServer };
  };

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.app.close());

  it('have 15 s for the head and half a minute for the request, or the ten minutes of an import', () => {
    const head = { headersTimeout: 15_000, connectionsCheckingInterval: 1000 };
    expect(listeners()).toMatchObject({
      public: { ...head, requestTimeout: 30_000 },
      internal: { ...head, requestTimeout: 600_000 },
    });
  });

  it.each(['public', 'internal'] as const)(
    'of the %s listener hold up nobody, and are ended with a neutral answer',
    async (side) => {
      const port = side === 'public' ? server.publicPort : server.internalPort;
      const slow = [HALF_A_HEAD, HALF_A_BODY].flatMap((bytes) =>
        Array.from({ length: CLIENTS_OF_EACH }, () => sendRaw(port, bytes)),
      );
      const first = await Promise.race([...slow, send(port, '/health/live')]);
      expect(first.text).toBe('live');

      Object.assign(listeners()[side], { headersTimeout: 1, requestTimeout: 1 });
      for (const answer of await Promise.all(slow)) {
        expect([answer.status, codeOf(answer)]).toEqual([408, 'request.malformed']);
        expectEdgeHeaders(answer);
      }
    },
  );
});
