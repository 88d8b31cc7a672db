import type { Type } from '@nestjs/common';
import type { SchemasObject } from '@nestjs/swagger';
import { ignoresUnknownFields } from '../http/validation.pipe';

/** Says of each shape that it has no other fields than these, but for inputs whose other fields are ignored. */
export function closeSchemas(schemas: SchemasObject, inputs: readonly Type<object>[]): void {
  const open = new Set(inputs.filter(ignoresUnknownFields).map(({ name }) => name));
  for (const [name, schema] of Object.entries(schemas)) {
    if (schema.type === 'object' && !open.has(name)) schema.additionalProperties ??= false;
  }
}
