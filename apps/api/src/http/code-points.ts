import { applyDecorators } from '@nestjs/common';
import { ApiProperty } from '@nestjs/swagger';
import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

/** A string of `min` to `max` code points after NFC: what a person counts as characters, not UTF-16 units. */
export function HasCodePoints(min: number, max: number, options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && isBetween(value, min, max);
  const defaultMessage = buildMessage((each) => `${each}$property must have ${min} to ${max} characters`, options);
  const rule = { name: 'hasCodePoints', constraints: [min, max], validator: { validate, defaultMessage } };
  return applyDecorators(ValidateBy(rule, options), ApiProperty({ minLength: min, maxLength: max }));
}

function isBetween(text: string, min: number, max: number): boolean {
  const length = [...text.normalize('NFC')].length;
  return length >= min && length <= max;
}
