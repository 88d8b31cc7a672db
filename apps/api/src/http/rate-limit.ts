import { DomainError } from '@app/contracts';
import type { Settings } from '@app/platform';
import rateLimit from '@fastify/rate-limit';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { pathOf } from './request-path';
import { sideOfRequest } from './side';

const WINDOW_SECONDS = 60;

/**
 * Counts requests of the public listener per source address (an IPv6 one by its /64), in the memory of this
 * replica, unknown paths too. Not by route, so it says nothing about anybody's account.
 */
export function limitSources(
  fastify: FastifyInstance,
  { sourceRequestsPerMinute: max }: Pick<Settings, 'sourceRequestsPerMinute'>,
): void {
  if (max === 0) return;
  fastify.register(rateLimit, { global: false }).after(() => {
    const count = fastify.createRateLimit({ max, timeWindow: WINDOW_SECONDS * 1000 });
    fastify.addHook('onRequest', async (request, reply) => {
      if (isExempt(request)) return;
      const source = await count(request);
      if (source.isAllowed || !source.isExceeded) return;
      const retryAfterSeconds = Math.max(1, source.ttlInSeconds);
      // draft-ietf-httpapi-ratelimit-headers-11
      void reply.header('ratelimit-policy', `"source";q=${max};w=${WINDOW_SECONDS}`);
      void reply.header('ratelimit', `"source";r=0;t=${retryAfterSeconds}`);
      throw new DomainError('request.too-many', { retryAfterSeconds });
    });
  });
}

/** A gateway asks the internal listener about everybody's tokens from one address. */
function isExempt({ raw }: FastifyRequest): boolean {
  return sideOfRequest(raw) === 'internal' || pathOf(raw.url).startsWith('/health/');
}
