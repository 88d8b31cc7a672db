import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer as createHttpServer, type RequestListener, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Settings } from '@app/platform';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { fastify as createFastify, type FastifyInstance, type FastifyServerOptions } from 'fastify';
import { EarlyErrors } from './early-errors';
import { edgeHeaders } from './edge-headers';
import { addFirstHooks } from './first-hooks';
import { useLateErrorHandler } from './late-error-handler';
import { constrainToSide, markInternal, sideConstraint } from './side';

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
const SERVER_OPTIONS: ServerOptions = {
  headersTimeout: 15_000,
  // Longer than the 60 s of usual load balancers, else one picks a connection that we are just closing.
  keepAliveTimeout: 65_000,
  // Node's own refusal would carry no headers; see isWellFormed in first-hooks.ts.
  requireHostHeader: false,
};

/** The Fastify application behind both listeners. Create the Nest application with it and `bodyParser: false`. */
export function createAdapter(settings: AdapterSettings): FastifyAdapter {
  const headers = edgeHeaders(settings);
  const earlyErrors = new EarlyErrors(headers, settings.publicUrl);
  const options: FastifyServerOptions = {
    bodyLimit: BODY_LIMIT_BYTES,
    clientErrorHandler: earlyErrors.answerBadRequest,
    frameworkErrors: earlyErrors.answerBadUrl,
    genReqId: () => randomUUID(),
    return503OnClosing: false,
    // An over-long parameter is the route's to refuse, in the format of its surface.
    routerOptions: { constraints: { listener: sideConstraint }, maxParamLength: 1024 },
    serverFactory: (handler) => createServer(settings, handler as RequestListener, PUBLIC_REQUEST_MS),
    trustProxy: settings.trustedProxies.length > 0 && [...settings.trustedProxies],
  };
  const fastify = createFastify(options);
  fastify.addHook('onRoute', constrainToSide);
  fastify.addHook('onRoute', useLateErrorHandler);
  addFirstHooks(fastify, headers);
  addInternalServer(fastify, settings).on('clientError', earlyErrors.answerBadRequest);
  return new FastifyAdapter(fastify);
}

/** Resolves when both listeners accept requests; rejects, with neither left open, when one cannot. Closing the application closes both. */
export async function listen(
  app: NestFastifyApplication,
  settings: ListenSettings,
): Promise<{ publicPort: number; internalPort: number }> {
  const fastify = app.getHttpAdapter().getInstance();
  try {
    await app.init();
    await fastify.ready();
    fastify.internalServer.listen(settings.internalPort, settings.internalHost);
    await once(fastify.internalServer, 'listening');
    await app.listen(settings.port, settings.host);
  } catch (error) {
    await app.close();
    throw error;
  }
  return { publicPort: portOf(fastify.server), internalPort: portOf(fastify.internalServer) };
}

function createServer({ tls }: AdapterSettings, handler: RequestListener, requestTimeout: number): Server {
  const options = { ...SERVER_OPTIONS, requestTimeout };
  const server = tls
    ? createHttpsServer({ ...options, cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) }, handler)
    : createHttpServer(options, handler);
  // An odd Expect is ignored (RFC 9110, 10.1.1): Node's own 417 would carry no headers.
  return server.on('checkExpectation', handler);
}

function addInternalServer(fastify: FastifyInstance, settings: AdapterSettings): Server {
  const route: RequestListener = (request, response) => {
    markInternal(request);
    fastify.routing(request, response);
  };
  const server = createServer(settings, route, INTERNAL_REQUEST_MS);
  fastify.decorate('internalServer', server);
  closeTogether(fastify, server);
  return server;
}

/** Both stop accepting at once; requests under way are answered, and their connections end with the answer. */
function closeTogether(fastify: FastifyInstance, internal: Server): void {
  let closed: Promise<void> | undefined;
  fastify.addHook('preClose', (done) => {
    closed = new Promise((resolve) => internal.close(() => resolve()));
    done();
  });
  fastify.addHook('onSend', (_request, reply, _payload, done) => {
    
    done();
  });
  fastify.addHook('onClose', () => closed);
}

function portOf(server: { address(): AddressInfo | string | null }): number {
  return (server.address() as AddressInfo).port;
}
