import { DomainError } from '@app/contracts';
import type { Settings } from '@app/platform';
import type { FastifyInstance } from 'fastify';
import { TrustedProxies } from './trusted-proxies';

type TransportSettings = Pick<Settings, 'isProduction' | 'trustedProxies'>;

/** In production, refuses what a trusted proxy took over plain http. Health checks of the proxy itself carry no such mark. */
export function refusePlainHttp(fastify: FastifyInstance, { isProduction, trustedProxies }: TransportSettings): void {
  if (!isProduction) return;
  const proxies = new TrustedProxies(trustedProxies);
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isMarked = request.headers['x-forwarded-proto'] !== undefined && proxies.sent(request.raw);
    const isInsecure = isMarked && request.protocol.toLowerCase() !== 'https';
    done(isInsecure ? new DomainError('transport.insecure') : undefined);
  });
}
