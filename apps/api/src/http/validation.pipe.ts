import { DomainError } from '@app/contracts';
import { type ArgumentMetadata, Injectable, type PipeTransform, SetMetadata, type Type } from '@nestjs/common';
import { plainToInstance } from 'class-transformer';
import { validateSync } from 'class-validator';
import { fieldErrors } from './field-errors';
import { MalformedBody } from './strict-json';

const IGNORES_UNKNOWN_FIELDS = 'rekey:ignores-unknown-fields';
const NOT_A_SHAPE: readonly unknown[] = [undefined, Object, String, Number, Boolean, Array];

/** On a DTO: fields that it does not declare are dropped, not refused. */
export const IgnoresUnknownFields = () => SetMetadata(IGNORES_UNKNOWN_FIELDS, true);

export const ignoresUnknownFields = (shape: Type<object>): boolean =>
  Reflect.getMetadata(IGNORES_UNKNOWN_FIELDS, shape) === true;

/**
 * Makes a body or query an instance of its DTO, without converting any value. Throws `body.malformed` when
 * the body is no JSON object, else `body.invalid` with every broken rule in `details.fields`: in the order in
 * which the DTO declares its fields and their decorators, unknown fields last. A missing body counts as `{}`.
 */
@Injectable()
export class ShapePipe implements PipeTransform {
  transform(value: unknown, { type, metatype }: ArgumentMetadata): unknown {
    if (value instanceof MalformedBody) throw new DomainError('body.malformed');
    if (type === 'custom' || NOT_A_SHAPE.includes(metatype)) return value;
    return toShape(value === undefined ? {} : value, metatype as Type<object>);
  }
}

function toShape(value: unknown, shape: Type<object>): object {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new DomainError('body.malformed');
  const instance = plainToInstance(shape, value);
  const errors = validateSync(instance, {
    whitelist: true,
    forbidNonWhitelisted: !ignoresUnknownFields(shape),
    validationError: { target: false, value: false },
  });
  if (errors.length > 0) throw new DomainError('body.invalid', { fields: fieldErrors(errors) });
  return instance;
}
