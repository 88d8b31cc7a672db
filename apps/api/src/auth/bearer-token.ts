import type { FastifyRequest } from 'fastify';

/** The one token of an `Authorization: Bearer …` header (RFC 6750 2.1); `null` for any other header, or none. */
export function bearerToken({ headers }: Pick<FastifyRequest, 'headers'>): string | null {
  return /^bearer +(\S+)$/i.exec(headers.authorization ?? '')?.[1] ?? null;
}
