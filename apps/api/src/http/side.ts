import { IncomingMessage } from 'node:http';
import type { RouteOptions } from 'fastify';

/** The listener that a request came in by. */
export type Side = 'public' | 'internal';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Overrules the side that the path alone would give, e.g. for a `/docs` on each of them. */
    listener?: Side | 'both';
  }
}

const INTERNAL_PREFIXES = ['/internal/', '/oauth2/', '/dev/', '/metrics/'];
const SHARED_PREFIXES = ['/health/'];

/** What the internal listener makes of its requests; any other is public. */
export class InternalRequest extends IncomingMessage {}

export function sideOfRequest(request: IncomingMessage): Side {
  return request instanceof InternalRequest ? 'internal' : 'public';
}

/** Where a declared route path can be seen. */
export function sideOfRoute(url: string): Side | 'both' {
  const starts = (prefix: string) => `${url}/`.startsWith(prefix);
  if (SHARED_PREFIXES.some(starts)) return 'both';
  return INTERNAL_PREFIXES.some(starts) ? 'internal' : 'public';
}

/** `onRoute` hook: a route exists only on its own side, so no spelling of its path reaches it from the other one. */
export function constrainToSide(route: RouteOptions): void {
  // A plugin's routes have no config of ours, but it may hand a constraint on.
  const declared = route.config?.listener ?? (route.constraints?.listener as Side | undefined);
  const side = declared ?? sideOfRoute(route.url);
  if (side !== 'both') route.constraints = { ...route.constraints, listener: side };
}

/** The router's constraint behind `constrainToSide`. Not by host name: the client writes Host. */
export const sideConstraint = {
  name: 'listener',
  mustMatchWhenDerived: false,
  validate(): void {},
  storage: <Handler>() => {
    const handlers = new Map<string, Handler>();
    return {
      get: (side: string) => handlers.get(side) ?? null,
      set: (side: string, handler: Handler) => void handlers.set(side, handler),
    };
  },
  deriveConstraint: (request: IncomingMessage) => sideOfRequest(request),
};
