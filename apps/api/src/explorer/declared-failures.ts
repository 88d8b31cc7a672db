import type { Type } from '@nestjs/common';
import { GUARDS_METADATA, INTERCEPTORS_METADATA } from '@nestjs/common/constants';
import type { EdgeErrorCode } from '@app/contracts';
import { ALLOWS_PASSWORD_CHANGE_TOKEN, PUBLIC_REASON } from '../auth/decorators';
import { AccessTokenGuard } from '../auth/token.guard';
import { type Failure, failuresOf } from '../http/fails';

/** What any request may meet, whatever its route is. */
const ANYWHERE: readonly EdgeErrorCode[] = [
  'request.malformed',
  'transport.insecure',
  'route.not-found',
  'method.not-allowed',
  'body.too-large',
  'media-type.unsupported',
  'request.too-many',
  'unexpected',
  'service.busy',
];

interface Route {
  controller: Type<object>;
  handler: object;
  hasBody: boolean;
  hasQuery: boolean;
}

/** All that a route may be refused with: by its guards and interceptors, for its shape, by its use case and by the edge. */
export function declaredFailures(route: Route): ReadonlySet<Failure> {
  const { controller, handler, hasBody, hasQuery } = route;
  const mayBeRestricted = !isMarked(ALLOWS_PASSWORD_CHANGE_TOKEN, route);
  return new Set<Failure>([
    ...guardsOf(route)
      .flatMap(failuresOf)
      .filter((failure) => mayBeRestricted || failure !== 'access-token.restricted'),
    ...(metadata<object[]>(INTERCEPTORS_METADATA, handler) ?? []).flatMap(failuresOf),
    ...(hasBody ? (['body.malformed'] as const) : []),
    ...(hasBody || hasQuery ? (['body.invalid'] as const) : []),
    ...failuresOf(controller),
    ...failuresOf(handler),
    ...ANYWHERE,
  ]);
}

function guardsOf(route: Route): object[] {
  const own = [route.controller, route.handler].flatMap((target) => metadata<object[]>(GUARDS_METADATA, target) ?? []);
  return isMarked(PUBLIC_REASON, route) ? own : [AccessTokenGuard, ...own];
}

function isMarked(key: string, { controller, handler }: Route): boolean {
  return Boolean(metadata(key, handler) ?? metadata(key, controller));
}

function metadata<T>(key: string, target: object): T | undefined {
  return Reflect.getMetadata(key, target) as T | undefined;
}
