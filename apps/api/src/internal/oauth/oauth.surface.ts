import { type DomainError, ERROR_CATALOGUE, type ErrorCode } from '@app/contracts';
import type { Surface, WireResponse } from '../../http/surface';

/** RFC 6749 5.2 and 4.1.2.1; about tokens RFC 6750 3.1. */
const NAMES: Partial<Record<ErrorCode, string>> = {
  'access-token.invalid': 'invalid_token',
  'grant-type.unsupported': 'unsupported_grant_type',
  'scope.invalid': 'invalid_scope',
  'scope.missing': 'insufficient_scope',
  'service-client.invalid': 'invalid_client',
  'service.busy': 'temporarily_unavailable',
  'token.not-own': 'unauthorized_client',
  unexpected: 'server_error',
};

/** `{"error":…,"error_description":…}` for everything under `/oauth2/`. */
export const OAUTH: Surface = {
  name: 'oauth',
  listener: 'internal',
  prefixes: ['/oauth2/'],
  cors: false,
  renderError({ code }: DomainError): WireResponse {
    const { status, title } = ERROR_CATALOGUE[code];
    // The RFC knows no 422.
    return {
      status: status === 422 ? 400 : status,
      body: { error: NAMES[code] ?? 'invalid_request', error_description: title },
    };
  },
};
