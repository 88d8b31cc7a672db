import { DomainError } from '@app/contracts';
import type { FastifyRequest } from 'fastify';
import { sideOfRequest } from './side';

// Without OPTIONS: the route for preflights stands at every path.
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE'] as const;

/** Why no route takes this request: its path knows other methods, or there is nothing on this listener. */
export function unknownRoute(request: FastifyRequest): DomainError {
  const allow: string[] = METHODS.filter((method) => knows(request, method));
  // A path that the router knows can still be refused, e.g. for an empty parameter.
  const isOtherMethod = allow.length > 0 && !allow.includes(request.method);
  return isOtherMethod ? new DomainError('method.not-allowed', { allow }) : new DomainError('route.not-found');
}

function knows(request: FastifyRequest, method: (typeof METHODS)[number]): boolean {
  const constraints = { listener: sideOfRequest(request.raw) };
  return request.server.findRoute({ method, url: request.raw.url ?? '', constraints }) !== null;
}
