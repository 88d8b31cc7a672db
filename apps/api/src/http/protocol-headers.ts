import type { DomainError, ErrorCode } from '@app/contracts';

const CHALLENGES: Partial<Record<ErrorCode, string>> = {
  'access-token.invalid': 'Bearer realm="rekey", error="invalid_token"',
  'service-client.invalid': 'Basic realm="rekey"',
};

/** What HTTP itself asks for beside a status (RFC 9110 and 6750), whichever surface answers. */
export function protocolHeaders({ code, details }: DomainError, status: number): Record<string, string> {
  switch (status) {
    case 401:
      return { 'www-authenticate': CHALLENGES[code] ?? 'Bearer realm="rekey"' };
    case 403:
      return code === 'scope.missing' ? { 'www-authenticate': 'Bearer realm="rekey", error="insufficient_scope"' } : {};
    case 405:
      return { allow: (details.allow ?? []).join(', ') };
    case 409:
    case 429:
      return details.retryAfterSeconds === undefined ? {} : retryAfter(details.retryAfterSeconds);
    case 503:
      return retryAfter(details.retryAfterSeconds ?? 1);
    default:
      return {};
  }
}

const retryAfter = (seconds: number) => ({ 'retry-after': String(Math.max(1, Math.ceil(seconds))) });
