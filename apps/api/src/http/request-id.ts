import type { FastifyRequest } from 'fastify';
import { isFromTrustedProxy } from './trusted-proxy';

const PATTERN = /^[\w-]{8,64}$/;

/** The id under which a trusted proxy knows the request already; else the one that we drew for it. */
export function requestIdOf(request: FastifyRequest): string {
  const given = request.headers['x-request-id'];
  const isUsable = typeof given === 'string' && PATTERN.test(given) && isFromTrustedProxy(request);
  return isUsable ? given : request.id;
}
