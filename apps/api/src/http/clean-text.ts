import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

/** A string that can be stored and hashed: without NUL, which PostgreSQL refuses, and without lone surrogates, which UTF-8 can't hold. */
export function IsCleanText(options?: ValidationOptions): PropertyDecorator {
  const defaultMessage = buildMessage(
    (each) => `${each}$property must be text without NUL and unpaired surrogates`,
    options,
  );
  return ValidateBy({ name: 'isCleanText', validator: { validate: isCleanText, defaultMessage } }, options);
}

function isCleanText(value: unknown): boolean {
  return typeof value === 'string' && !value.includes('\0') && !/\p{Surrogate}/u.test(value);
}
