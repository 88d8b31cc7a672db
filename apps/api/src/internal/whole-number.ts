import { Transform, type TransformFnParams } from 'class-transformer';

/** A query's number arrives as text; what is no whole number stays text, which is refused. */
export const WholeNumber = (): PropertyDecorator =>
  Transform(({ value }: TransformFnParams): unknown =>
    /^(0|[1-9]\d{0,8})$/.test(String(value)) ? Number(value) : value,
  );
