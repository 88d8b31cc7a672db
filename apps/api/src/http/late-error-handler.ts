import type { RouteOptions } from 'fastify';

/**
 * `onRoute` hook: looks the error handler up when an error comes. A plugin declares its routes (preflights,
 * static files) before Nest sets the handler, and they would keep Fastify's own, which shows messages.
 */
export function useLateErrorHandler(route: RouteOptions): void {
  route.errorHandler ??= (error, request, reply) => request.server.errorHandler(error, request, reply);
}
