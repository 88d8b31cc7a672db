import type { DialectErrorCode, DomainError } from '@app/contracts';
import type { Dialect, WireResponse } from '../dialect';
import { FIELD_ERRORS, VIVOLDI_ERRORS, type VivoldiError } from './vivoldi.errors';

/** Every answer is `{code, message, result}`: `code` 0 is success, any other an error with a `message`. */
export const VIVOLDI: Dialect = {
  name: 'vivoldi',
  listener: 'public',
  prefixes: ['/api/user/'],
  // "Calling this API directly from the client can introduce security risks" (the page): it is for servers.
  cors: false,
  renderError(error): WireResponse {
    const { status, code, message } = wireErrorOf(error);
    return { status, body: { code, message, result: null } };
  },
};

export const success = <T>(result: T) => ({ code: 0, message: '', result }) as const;

function wireErrorOf({ code, details }: DomainError): VivoldiError {
  const [first] = details.fields ?? [];
  return (first && FIELD_ERRORS[first.field]) ?? VIVOLDI_ERRORS[code as DialectErrorCode];
}
