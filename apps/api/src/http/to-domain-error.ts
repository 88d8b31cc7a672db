import { DomainError, type EdgeErrorCode } from '@app/contracts';
import { HttpException } from '@nestjs/common';
import type { FastifyRequest } from 'fastify';
import { isDatabaseUnavailable } from './database-unavailable';
import { unknownRoute } from './unknown-route';

/** By status, never by message: the framework's messages hold the URL and the like. */
const CODE_BY_STATUS: Partial<Record<number, EdgeErrorCode>> = {
  400: 'request.malformed',
  401: 'access-token.invalid',
  404: 'route.not-found',
  413: 'body.too-large',
  414: 'request.malformed',
  415: 'media-type.unsupported',
};

/** Whatever was thrown, as an error of the catalogue; what it was before is its `cause`. */
export function toDomainError(thrown: unknown, request: FastifyRequest): DomainError {
  if (thrown instanceof DomainError) return thrown;
  const refusal = CODE_BY_STATUS[statusOf(thrown) ?? 0];
  if (refusal && request.is404) return unknownRoute(request);
  const code = refusal ?? (isDatabaseUnavailable(thrown) ? 'service.busy' : 'unexpected');
  return new DomainError(code, {}, { cause: thrown });
}

function statusOf(thrown: unknown): number | undefined {
  if (thrown instanceof HttpException) return thrown.getStatus();
  const isRefusal = thrown instanceof Error && 'statusCode' in thrown;
  return isRefusal ? Number(thrown.statusCode) : undefined;
}
