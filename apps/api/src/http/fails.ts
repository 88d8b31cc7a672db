import { SetMetadata } from '@nestjs/common';
import type { ErrorCode } from '@app/contracts';
import type { WireResponse } from './surface';

const FAILURES = 'rekey:failures';

/** An error of the catalogue, or the answer of a guard that renders its own. */
export type Failure = ErrorCode | WireResponse;

/**
 * What a route, every route of a controller, or whatever stands behind a guard may answer, besides what anything may
 * meet at the edge. The explorer lists it, and the tests refuse an answer that is not listed.
 */
export const Fails = (...failures: Failure[]) => SetMetadata(FAILURES, failures);

/** What `Fails` says of a handler, a controller or a guard. */
export function failuresOf(target: object): readonly Failure[] {
  return (Reflect.getMetadata(FAILURES, target) as Failure[] | undefined) ?? [];
}
