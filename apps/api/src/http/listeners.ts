import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Settings, SettingsError } from '@app/platform';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify as createFastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { EarlyErrors } from './early-errors';
import { edgeHeaders } from './edge-headers';
import { addFirstHooks } from './first-hooks';
import { useLateErrorHandler } from './late-error-handler';
import { ListenFailed } from './listen-failed';
import { requestIdOf } from './request-id';
import { constrainToSide, InternalRequest, sideConstraint } from './side';
import { TrustedProxies } from './trusted-proxies';

declare module 'fastify' {
  interface FastifyInstance {
    /** The second listener: it routes into the same application. */
    internalServer: Server;
  }
}

type AdapterSettings = Pick<Settings, 'isProduction' | 'publicUrl' | 'tls' | 'trustedProxies'>;
type ListenSettings = Pick<Settings, 'host' | 'port' | 'internalHost' | 'internalPort'>;

const BODY_LIMIT_BYTES = 16 * 1024;
const PUBLIC_REQUEST_MS = 30_000;
// An import of accounts streams for minutes.
const INTERNAL_REQUEST_MS = 600_000;
/** With what the deliverer may take before, less than the 10 s after which containers are killed. */
const LAST_ANSWERS_MS = 4000;
const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: 15_000,
  // Node looks for clients that are too slow every 30 s only, and lets them have that on top.
  connectionsCheckingInterval: 1000,
  // Longer than the 60 s of usual load balancers, else one picks a connection that we are just closing.
  keepAliveTimeout: 65_000,
  // Node's own refusal would carry no headers; see isWellFormed in first-hooks.ts.
  requireHostHeader: false,
};

/** The Fastify application behind both listeners. Create the Nest application with it and `bodyParser: false`. */
export function createAdapter(settings: AdapterSettings): FastifyAdapter {
  const headers = edgeHeaders(settings);
  const proxies = new TrustedProxies(settings.trustedProxies);
  const earlyErrors = new EarlyErrors(headers, settings.publicUrl);
  const options: FastifyServerOptions = {
    bodyLimit: BODY_LIMIT_BYTES,
    clientErrorHandler: earlyErrors.answerBadRequest,
    frameworkErrors: earlyErrors.answerBadUrl,
    genReqId: (request) => requestIdOf(request, proxies),
    return503OnClosing: false,
    // An over-long parameter is the route's to refuse, in the format of its surface.
    routerOptions: { constraints: { listener: sideConstraint }, maxParamLength: 1024 },
    serverFactory: (handler) => createServer(settings, handler, { requestTimeout: PUBLIC_REQUEST_MS }),
    trustProxy: proxies.includes,
  };
  const fastify = createFastify(options);
  fastify.addHook('onRoute', constrainToSide);
  fastify.addHook('onRoute', useLateErrorHandler);
  addFirstHooks(fastify, headers);
  addInternalServer(fastify, settings).on('clientError', earlyErrors.answerBadRequest);
  return new FastifyAdapter(fastify);
}

/** Resolves when both listeners accept requests; rejects with `ListenFailed`, and neither left open, when one cannot. Closing the application closes both. */
export async function listen(
  app: NestFastifyApplication,
  settings: ListenSettings,
): Promise<{ publicPort: number; internalPort: number }> {
  const fastify = app.getHttpAdapter().getInstance();
  try {
    await app.init();
    await fastify.ready();
    await opened('internal', 'INTERNAL_HOST, INTERNAL_PORT', () => {
      fastify.internalServer.listen(settings.internalPort, settings.internalHost);
      return once(fastify.internalServer, 'listening');
    });
    await opened('public', 'HOST, PORT', () => app.listen(settings.port, settings.host));
  } catch (error) {
    await app.close();
    throw error;
  }
  return { publicPort: portOf(fastify.server), internalPort: portOf(fastify.internalServer) };
}

async function opened(listener: string, settings: string, open: () => Promise<unknown>): Promise<void> {
  try {
    await open();
  } catch (error) {
    throw new ListenFailed(listener, settings, error);
  }
}

function createServer({ tls }: AdapterSettings, handler: RequestListener, itsOptions: ServerOptions): Server {
  const options = { ...SERVER_OPTIONS, ...itsOptions };
  const server = tls ? createTlsServer(tls, options, handler) : createHttpServer(options, handler);
  // An odd Expect is ignored (RFC 9110, 10.1.1): Node's own 417 would carry no headers.
  return server.on('checkExpectation', handler);
}

function createTlsServer(tls: NonNullable<Settings['tls']>, options: ServerOptions, handler: RequestListener): Server {
  const [cert, key] = [readFileSync(tls.certFile), readFileSync(tls.keyFile)];
  try {
    return createHttpsServer({ ...options, cert, key }, handler);
  } catch {
    const expected = 'must hold a certificate chain in PEM whose private key is in TLS_KEY_FILE';
    throw new SettingsError([{ name: 'TLS_CERT_FILE', expected }]);
  }
}

function addInternalServer(fastify: FastifyInstance, settings: AdapterSettings): Server {
  const route: RequestListener = (request, response) => fastify.routing(request, response);
  const options = { requestTimeout: INTERNAL_REQUEST_MS, IncomingMessage: InternalRequest };
  const server = createServer(settings, route, options);
  fastify.decorate('internalServer', server);
  closeTogether(fastify, server);
  return server;
}

/**
 * Both stop accepting at once; requests under way are answered, and their connections end with the answer. Those
 * that nobody finishes sending would hold up the end for ever: a server that closes minds no time-out of its own.
 */
function closeTogether(fastify: FastifyInstance, internal: Server): void {
  let closed: Promise<void> | undefined;
  fastify.addHook('preClose', (done) => {
    closed = new Promise((resolve) => internal.close(() => resolve()));
    const cutOff = () => [fastify.server, internal].forEach((server) => server.closeAllConnections());
    setTimeout(cutOff, LAST_ANSWERS_MS).unref();
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    if (closed) void reply.header('connection', 'close');
    done();
  });
  fastify.addHook('onClose', () => closed);
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}
