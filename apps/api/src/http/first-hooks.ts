import { DomainError } from '@app/contracts';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { EdgeHeaders } from './edge-headers';

/** Must be added before any other hook, else an answer by one of those lacks the headers. */
export function addFirstHooks(fastify: FastifyInstance, headers: EdgeHeaders): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    reply.raw.setHeader('x-request-id', request.id);
    for (const [name, value] of headers) reply.raw.setHeader(name, value);
    done(isWellFormed(request) ? undefined : new DomainError('request.malformed'));
  });
}

/**
 * The origin form alone (`/path`), so that a path has one meaning for router, guards and surfaces; one token; and with
 * a Host (RFC 9112, 3.2), which Node would miss with an answer that has no headers.
 */
function isWellFormed({ raw }: FastifyRequest): boolean {
  const hasHost = raw.headers.host !== undefined || raw.httpVersion === '1.0';
  return hasHost && raw.url?.startsWith('/') === true && !hasTwoTokens(raw.rawHeaders);
}

/** Of two such headers Node would drop the second, and what stands before us may have judged that one. */
function hasTwoTokens(rawHeaders: readonly string[]): boolean {
  const isAuthorization = (text: string, at: number) => at % 2 === 0 && text.toLowerCase() === 'authorization';
  return rawHeaders.filter(isAuthorization).length > 1;
}
