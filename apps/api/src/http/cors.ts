import type { Settings } from '@app/platform';
import cors from '@fastify/cors';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { SurfaceRegistry } from './surface';

const LOCALHOST = /^https?:\/\/(localhost|127\.0\.0\.1|\[::1\])(:\d{1,5})?$/;

const NOT_READABLE = { origin: false } as const;
const READABLE = {
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'],
  exposedHeaders: ['X-Request-Id', 'Retry-After', 'WWW-Authenticate'],
  maxAge: 600,
};

/** Lets the allowed origins read what surfaces with `cors` answer, without credentials: our tokens travel in headers. */
export function allowOrigins(
  fastify: FastifyInstance,
  surfaces: SurfaceRegistry,
  { corsOrigins }: Pick<Settings, 'corsOrigins'>,
): void {
  const isAllowed = (origin: string) =>
    corsOrigins === 'localhost' ? LOCALHOST.test(origin) : corsOrigins.includes(origin);
  fastify.register(cors, {
    delegator: (request: FastifyRequest, done) => {
      const { origin } = request.headers;
      const isReadable = origin !== undefined && isAllowed(origin) && surfaces.of(request).cors;
      if (!isReadable) return done(null, NOT_READABLE);
      // Any other OPTIONS is a method that no path knows.
      const preflight = request.headers['access-control-request-method'] !== undefined;
      done(null, { ...READABLE, origin, preflight });
    },
  });
}
