import type { PipeTransform } from '@nestjs/common';
import { DomainError, type InternalErrorCode } from '@app/contracts';
import { canonicalId } from '../http/canonical-id';

/** Letters, digits and signs that an id may have; never NUL, which PostgreSQL refuses with an error. */
const TEXT_ID = /^[\x21-\x7e]{1,255}$/;
const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** An id in a path that can be nobody's is answered as one that is nobody's. */
class KnownForm implements PipeTransform<string, string> {
  constructor(
    private readonly pattern: RegExp,
    private readonly notFound: InternalErrorCode,
    private readonly canonical = (id: string): string => id,
  ) {}

  transform(text: string): string {
    const id = this.canonical(text);
    if (!this.pattern.test(id)) throw new DomainError(this.notFound);
    return id;
  }
}

export const uuidOr = (notFound: InternalErrorCode) => new KnownForm(UUID, notFound, canonicalId);
export const textIdOr = (notFound: InternalErrorCode) => new KnownForm(TEXT_ID, notFound);
