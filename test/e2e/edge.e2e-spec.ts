import { EventEmitter, once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { DomainError } from '@app/contracts';
import {
  Body,
  type CanActivate,
  Controller,
  type ExecutionContext,
  Get,
  Module,
  Param,
  Post,
  Put,
  Res,
  UseGuards,
} from '@nestjs/common';
import { type NestFastifyApplication, RouteConfig } from '@nestjs/platform-fastify';
import { Test } from '@nestjs/testing';
import { IsString } from 'class-validator';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { APP_OPTIONS, configureApp } from '../../apps/api/src/configure-app';
import { type Dialect, DialectRegistry, WireException } from '../../apps/api/src/dialects/dialect';
import { EdgeModule } from '../../apps/api/src/http/edge.module';
import { createAdapter, listen } from '../../apps/api/src/http/listeners';

const SECRET = 'hunter2-is-never-shown';
const slowRoute = new EventEmitter();

class ThingDto {
  @IsString()
  name: string;
}

class TokenGuard implements CanActivate {
  canActivate(context: ExecutionContext): boolean {
    const { headers } = context.switchToHttp().getRequest<FastifyRequest>();
    if (headers.authorization === undefined) throw new DomainError('access-token.missing');
    return true;
  }
}

@Controller('account/v1')
class NativeController {
  @Post('things')
  @UseGuards(TokenGuard)
  create(@Body() { name }: ThingDto): ThingDto {
    return { name };
  }

  @Get('things/:id')
  read(@Param('id') id: string): { id: string } {
    return { id };
  }

  @Post('ping')
  ping(): void {}

  @Get('fails')
  fail(): never {
    throw new Error(SECRET);
  }

  @Get('busy')
  busy(): never {
    throw Object.assign(new Error(SECRET), { code: '57P01' });
  }

  @Get('slow')
  async slow(): Promise<string> {
    slowRoute.emit('entered');
    await once(slowRoute, 'release');
    return 'done';
  }
}

@Controller('toy/v1')
class ToyController {
  @Put('things')
  replace(@Body() { name }: ThingDto): ThingDto {
    return { name };
  }

  @Get('page')
  page(@Res({ passthrough: true }) reply: FastifyReply): never {
    void reply.type('text/html');
    throw new DomainError('account.gone');
  }

  @Get('rendered')
  rendered(): never {
    throw new WireException({ status: 402, headers: { 'x-toy': 'yes' }, body: { toy: 'rendered' } });
  }
}

@Controller()
class SharedController {
  @Get('health/live')
  live(): string {
    return 'live';
  }

  @Get('docs')
  publicDocs(): string {
    return 'public';
  }

  @Get('docs')
  @RouteConfig({ listener: 'internal' })
  internalDocs(): string {
    return 'internal';
  }

  @Get('internal/v1/things')
  internalThings(): string {
    return 'internal things';
  }

  @Get('metrics')
  metrics(): string {
    return 'metrics';
  }
}

const toy: Dialect = {
  name: 'toy',
  listener: 'public',
  prefixes: ['/toy/'],
  cors: false,
  renderError: ({ code, details }) => ({
    status: code === 'method.not-allowed' ? 405 : 400,
    body: { toy: code, first: details.fields?.[0]?.field },
  }),
};

@Module({ controllers: [ToyController] })
class ToyModule {
  constructor(dialects: DialectRegistry) {
    dialects.register(toy);
  }
}

@Module({ imports: [EdgeModule, ToyModule], controllers: [NativeController, SharedController] })
class EdgeTestModule {}

const SETTINGS = {
  isProduction: false,
  publicUrl: 'https://rekey.example',
  tls: undefined,
  trustedProxies: [] as readonly string[],
  corsOrigins: ['https://app.example'] as readonly string[] | 'localhost',
  sourceRequestsPerMinute: 0,
  host: '127.0.0.1',
  port: 0,
  internalHost: '127.0.0.1',
  internalPort: 0,
};

interface Running {
  app: NestFastifyApplication;
  publicPort: number;
  internalPort: number;
}

async function start(changes: Partial<typeof SETTINGS> = {}): Promise<Running> {
  const settings = { ...SETTINGS, ...changes };
  const testing = await Test.createTestingModule({ imports: [EdgeTestModule] }).compile();
  const app = testing.createNestApplication<NestFastifyApplication>(createAdapter(settings), {
    ...APP_OPTIONS,
    logger: false,
  });
  configureApp(app, settings);
  return { app, ...(await listen(app, settings)) };
}

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  text: string;
}

interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
}

/** The path goes out as it is written, unlike with `fetch`. */
async function send(port: number, path: string, { method = 'GET', headers, body, agent }: Sent = {}): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Bytes as they are, to the end of the connection. */
async function sendRaw(port: number, bytes: string): Promise<Answer> {
  const socket = connect(port, '127.0.0.1').setEncoding('latin1');
  let answer = '';
  socket.on('data', (chunk: string) => (answer += chunk));
  socket.write(bytes);
  await once(socket, 'close');
  const [head = '', text = ''] = answer.split('\r\n\r\n', 2);
  const [line = '', ...lines] = head.split('\r\n');
  const headers = lines.map((header) => [header.split(': ')[0]?.toLowerCase(), header.split(': ')[1]] as const);
  return { status: Number(line.split(' ')[1]), headers: Object.fromEntries(headers), text };
}

const json = (body: string | Buffer, headers: Record<string, string> = {}): Sent => ({
  method: 'POST',
  headers: { authorization: 'yes', 'content-type': 'application/json', ...headers },
  body,
});

const codeOf = ({ text }: Answer): string => (JSON.parse(text) as { code: string }).code;

describe('the edge', () => {
  let server: Running;
  const port = (side: string) => (side === 'internal' ? server.internalPort : server.publicPort);

  beforeAll(async () => {
    server = await start();
  });
  afterAll(() => server.app.close());

  describe('bodies [S-126] [S-127]', () => {
    const things = '/account/v1/things';
    const large = JSON.stringify({ name: 'x'.repeat(16 * 1024) });

    it('takes JSON in UTF-8', async () => {
      const answer = await send(
        server.publicPort,
        things,
        json('{"name":"é"}', { 'content-type': 'Application/JSON;charset=UTF-8' }),
      );
      expect([answer.status, answer.text]).toEqual([201, '{"name":"é"}']);
    });

    it.each<[string, Sent, number, string]>([
      [
        'a form',
        json('name=x', { 'content-type': 'application/x-www-form-urlencoded' }),
        415,
        'media-type.unsupported',
      ],
      ['text', json('{"name":"x"}', { 'content-type': 'text/plain' }), 415, 'media-type.unsupported'],
      [
        'another charset',
        json('{}', { 'content-type': 'application/json; charset=utf-16' }),
        415,
        'media-type.unsupported',
      ],
      ['a malformed type', json('{}', { 'content-type': 'json' }), 415, 'media-type.unsupported'],
      [
        'a body of no type',
        { method: 'POST', headers: { authorization: 'yes' }, body: '{}' },
        415,
        'media-type.unsupported',
      ],
      ['more than 16 KiB', json(large), 413, 'body.too-large'],
      ['more than 16 KiB in chunks', json(large, { 'transfer-encoding': 'chunked' }), 413, 'body.too-large'],
      ['half an object', json('{"name":'), 400, 'body.malformed'],
      ['a duplicate key', json('{"name":"a","name":"b"}'), 400, 'body.malformed'],
      ['a prototype key', json('{"name":"a","__proto__":{}}'), 400, 'body.malformed'],
      ['broken UTF-8', json(Buffer.from('{"name":"\xff"}', 'latin1')), 400, 'body.malformed'],
      ['no object', json('["name"]'), 400, 'body.malformed'],
      ['nothing', json(''), 422, 'body.invalid'],
      ['an unknown field', json('{"name":"a","other":1}'), 422, 'body.invalid'],
      ['a number for a string', json('{"name":1}'), 422, 'body.invalid'],
    ])('refuses %s', async (_what, sent, status, code) => {
      const answer = await send(server.publicPort, things, sent);
      expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    });

    it('asks for the token before it looks at a malformed body', async () => {
      const answer = await send(server.publicPort, things, {
        ...json('{'),
        headers: { 'content-type': 'application/json' },
      });
      expect([answer.status, codeOf(answer)]).toEqual([401, 'access-token.missing']);
      expect(answer.headers['www-authenticate']).toBe('Bearer realm="rekey"');
    });

    it.each([
      ['without a type', {}],
      ['with the type of JSON', { 'content-type': 'application/json' }],
    ])('lets a route without a body be called %s', async (_how, headers: Record<string, string>) => {
      expect((await send(server.publicPort, '/account/v1/ping', { method: 'POST', headers })).status).toBe(201);
    });
  });

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
      ['no Host', 'GET /health/live HTTP/1.1\r\nConnection: close\r\n\r\n', 400],
    ])('%s gets a neutral answer without echo [S-124] [S-128]', async (_what, bytes, status) => {
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
  });
});

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

describe('closing the edge', () => {
  const stopListening = async ({ app }: Running) => {
    const { internalServer } = app.getHttpAdapter().getInstance();
    while (internalServer.listening) await nextTurn();
  };

  it('answers what is under way, ends its connection, and takes nothing more on either listener', async () => {
    const server = await start();
    const entered = once(slowRoute, 'entered');
    const slow = send(server.publicPort, '/account/v1/slow', { agent: new Agent({ keepAlive: true }) });
    await entered;

    const closed = server.app.close();
    await stopListening(server);
    slowRoute.emit('release');
    expect(await slow).toMatchObject({ status: 200, text: 'done', headers: { connection: 'close' } });
    await closed;
    await expect(send(server.publicPort, '/health/live')).rejects.toThrow('ECONNREFUSED');
    await expect(send(server.internalPort, '/health/live')).rejects.toThrow('ECONNREFUSED');
  });

  it('answers a request whose head was half sent', async () => {
    const server = await start();
    const accepted = once(server.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const client = connect(server.publicPort, '127.0.0.1').setEncoding('utf8');
    client.write('GET /health/live HTTP/1.1\r\n');
    const [socket] = await accepted;
    while (socket.bytesRead === 0) await nextTurn();

    const closed = server.app.close();
    await stopListening(server);
    client.write('Host: x\r\n\r\n');
    const [answer] = (await once(client, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
  });

  it('leaves no listener open when one cannot start', async () => {
    const first = await start();
    const { app, internalPort } = await start();
    await app.close();

    await expect(start({ port: first.publicPort, internalPort })).rejects.toThrow('EADDRINUSE');
    await expect(send(internalPort, '/health/live')).rejects.toThrow('ECONNREFUSED');
    await first.app.close();
  });
});

function expectEdgeHeaders({ headers }: Answer): void {
  expect(headers).toMatchObject({
    'cache-control': 'no-store',
    'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
    'cross-origin-resource-policy': 'same-origin',
    'referrer-policy': 'no-referrer',
    'x-content-type-options': 'nosniff',
    'x-request-id': expect.stringMatching(/^[\w-]{8,64}$/) as string,
  });
  expect(headers).not.toHaveProperty('x-powered-by');
  expect(headers).not.toHaveProperty('server');
}
