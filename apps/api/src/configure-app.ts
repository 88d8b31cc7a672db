import type { Settings } from '@app/platform';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { allowOrigins } from './http/cors';
import { ErrorFilter } from './http/error.filter';
import { Metrics } from './http/metrics';
import { refusePlainHttp } from './http/plain-http';
import { problemSurface } from './http/problem';
import { limitSources } from './http/rate-limit';
import { useStrictJson } from './http/strict-json';
import { SurfaceRegistry } from './http/surface';
import { ShapePipe } from './http/validation.pipe';

type EdgeSettings = Pick<
  Settings,
  'corsOrigins' | 'isProduction' | 'publicUrl' | 'sourceRequestsPerMinute' | 'trustedProxies'
>;

/** For every creation of the application: Nest's own parsers would take forms and lenient JSON. */
export const APP_OPTIONS = { bodyParser: false } as const;

/**
 * The whole edge, for `main` and tests alike. Call it once, before `init`, on an application made with
 * `createAdapter` and `APP_OPTIONS`, whose modules include `EdgeModule`.
 */
export function configureApp(app: NestFastifyApplication, settings: EdgeSettings): void {
  const fastify = app.getHttpAdapter().getInstance();
  const surfaces = app.get(SurfaceRegistry);
  surfaces.register(problemSurface('public', settings.publicUrl));
  surfaces.register(problemSurface('internal', settings.publicUrl));

  const metrics = app.get(Metrics);
  metrics.observeRequests(fastify);
  useStrictJson(fastify);
  // In this order: a browser may read that it was refused for asking too often.
  refusePlainHttp(fastify, settings);
  allowOrigins(fastify, surfaces, settings);
  limitSources(fastify, settings);

  app.useGlobalPipes(new ShapePipe());
  app.useGlobalFilters(new ErrorFilter(surfaces, metrics));
}
