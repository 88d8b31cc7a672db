import { DomainError } from '@app/contracts';
import type { Settings } from '@app/platform';
import type { FastifyInstance } from 'fastify';
import { isFromTrustedProxy } from './trusted-proxy';

/** In production, refuses what a trusted proxy took over plain http. Health checks of the proxy itself carry no such mark. */
export function refusePlainHttp(fastify: FastifyInstance, { isProduction }: Pick<Settings, 'isProduction'>): void {
  if (!isProduction) return;
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isMarked = request.headers['x-forwarded-proto'] !== undefined && isFromTrustedProxy(request);
    const isInsecure = isMarked && request.protocol.toLowerCase() !== 'https';
    done(isInsecure ? new DomainError('transport.insecure') : undefined);
  });
}
