import { EventEmitter, once } from 'node:events';
import { Agent, type IncomingMessage, request as httpRequest } from 'node:http';
import { connect } from 'node:net';
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

export const SECRET = 'hunter2-is-never-shown';
export const slowRoute = new EventEmitter();

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
  tls: undefined as { certFile: string; keyFile: string } | undefined,
  trustedProxies: [] as readonly string[],
  corsOrigins: ['https://app.example'] as readonly string[] | 'localhost',
  sourceRequestsPerMinute: 0,
  host: '127.0.0.1',
  port: 0,
  internalHost: '127.0.0.1',
  internalPort: 0,
};

export interface Running {
  app: NestFastifyApplication;
  publicPort: number;
  internalPort: number;
}

export async function start(changes: Partial<typeof SETTINGS> = {}): Promise<Running> {
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

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string | Buffer;
  agent?: Agent;
}

/** The path goes out as it is written, unlike with `fetch`. */
export async function send(
  port: number,
  path: string,
  { method = 'GET', headers, body, agent }: Sent = {},
): Promise<Answer> {
  const request = httpRequest({ host: '127.0.0.1', port, path, method, headers, agent });
  request.end(body);
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  let text = '';
  for await (const chunk of response.setEncoding('utf8')) text += chunk as string;
  return { status: response.statusCode ?? 0, headers: response.headers, text };
}

/** Bytes as they are, to the end of the connection. */
export async function sendRaw(port: number, bytes: string): Promise<Answer> {
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

export const json = (body: string | Buffer, headers: Record<string, string> = {}): Sent => ({
  method: 'POST',
  headers: { authorization: 'yes', 'content-type': 'application/json', ...headers },
  body,
});

export const codeOf = ({ text }: Answer): string => (JSON.parse(text) as { code: string }).code;

export function expectEdgeHeaders({ headers }: Answer): void {
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
