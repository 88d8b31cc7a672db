import type { FieldError } from '@app/contracts';
import type { ValidationError } from 'class-validator';

const UNKNOWN = 'whitelistValidation';
const SHOWABLE_NAME = /^[\w-]{1,64}$/;

/** Every broken rule, a nested field by its dotted path. Declared fields in the order of the DTO, unknown ones last. */
export function fieldErrors(errors: readonly ValidationError[], parent = ''): FieldError[] {
  const declared = errors.filter((error) => !isUnknown(error));
  const unknown = errors.filter(isUnknown);
  return [
    ...declared.flatMap((error) => declaredFieldErrors(error, `${parent}${error.property}`)),
    ...unknown.map(({ property }) => unknownFieldError(property, parent)),
  ];
}

function declaredFieldErrors({ constraints, children }: ValidationError, field: string): FieldError[] {
  // Decorators run from the last one up.
  const rules = Object.entries(constraints ?? {}).reverse();
  return [...rules.map(([code, message]) => ({ field, code, message })), ...fieldErrors(children ?? [], `${field}.`)];
}

/** The name of an unknown field is the caller's own text: a secret or a script may have slipped into it. */
function unknownFieldError(property: string, parent: string): FieldError {
  const name = SHOWABLE_NAME.test(property) ? property : '(unnamed)';
  return { field: `${parent}${name}`, code: 'unknown', message: 'This field is not known.' };
}

function isUnknown({ constraints }: ValidationError): boolean {
  return constraints !== undefined && UNKNOWN in constraints;
}
