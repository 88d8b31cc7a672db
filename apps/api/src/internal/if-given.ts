import { ValidateIf } from 'class-validator';

/** The field may be left out. `null` is a value like any other, unlike with `@IsOptional()`. */
export const IfGiven = (): PropertyDecorator => ValidateIf((_, value) => value !== undefined);
