import { ERROR_CATALOGUE, type ErrorCode } from './error-catalogue';

/** One field of a body that breaks its shape. Never carries the value that was sent. */
export interface FieldError {
  field: string;
  /** The broken rule, e.g. `isString`, `minLength`, `unknown`. */
  code: string;
  message: string;
}

export interface ErrorDetails {
  /** Why a new password is refused; see `PasswordWeakness`. */
  reasons?: readonly string[];
  /** Whole seconds; becomes `Retry-After`. */
  retryAfterSeconds?: number;
  fields?: readonly FieldError[];
  /** The methods that the path knows; becomes `Allow`. */
  allow?: readonly string[];
}

/** The only error that the core throws. Carries a code of the catalogue and nothing that a caller sent. */
export class DomainError extends Error {
  constructor(
    readonly code: ErrorCode,
    readonly details: ErrorDetails = {},
    options?: ErrorOptions,
  ) {
    super(ERROR_CATALOGUE[code].title, options);
    this.name = 'DomainError';
  }
}
