import { type DomainError, ERROR_CATALOGUE } from '@app/contracts';
import type { Side } from './side';
import type { Surface, WireResponse } from './surface';

interface Occurrence {
  publicUrl: string;
  requestId: string;
}

/** The error as problem details (RFC 9457), with nothing in it that the caller sent. */
export function renderProblem(error: DomainError, { publicUrl, requestId }: Occurrence): WireResponse {
  const { status, title } = ERROR_CATALOGUE[error.code];
  const { fields, reasons, retryAfterSeconds } = error.details;
  const body = {
    type: `${publicUrl}/problems/${error.code}`,
    title,
    status,
    code: error.code,
    detail: retryAfterSeconds === undefined ? title : `${title} Retry after ${retryAfterSeconds} s.`,
    instance: requestId,
    errors: fields,
    reasons,
  };
  return { status, headers: { 'content-type': 'application/problem+json' }, body };
}

/** Answers for every path of a listener that no other surface claims. */
export function problemSurface(listener: Side, publicUrl: string): Surface {
  return {
    name: `${listener} problems`,
    listener,
    prefixes: ['/'],
    cors: listener === 'public',
    renderError: (error, request) => renderProblem(error, { publicUrl, requestId: request.id }),
  };
}
