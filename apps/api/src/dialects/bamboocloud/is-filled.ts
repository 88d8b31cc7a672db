import { ValidateBy } from 'class-validator';

/** Neither missing nor blank. What it must be besides is another rule's to say. */
export const IsFilled = (): PropertyDecorator =>
  ValidateBy({
    name: 'isFilled',
    validator: { validate: isFilled, defaultMessage: () => '$property must not be blank' },
  });

function isFilled(value: unknown): boolean {
  return value !== undefined && value !== null && !(typeof value === 'string' && value.trim() === '');
}
