import type { FastifyRequest } from 'fastify';

/** True when the peer is one of `TRUSTED_PROXIES` and says for whom it asks: Fastify lists a forwarded address then. */
export function isFromTrustedProxy(request: FastifyRequest): boolean {
  return (request.ips?.length ?? 0) > 1;
}
