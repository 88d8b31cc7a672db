import { ValidateBy, type ValidationArguments } from 'class-validator';

/** The body may have this field or `other`, not both. */
export function Excludes(other: string): PropertyDecorator {
  return ValidateBy({
    name: 'excludes',
    constraints: [other],
    validator: {
      validate: (_value, args?: ValidationArguments) => !(other in (args?.object ?? {})),
      defaultMessage: () => `$property must not be given together with ${other}`,
    },
  });
}
