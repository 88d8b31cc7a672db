import type { ReferenceObject, SchemaObject, SchemasObject } from '@nestjs/swagger';

/** A value of that shape, from the examples of its parts; `null` where there are none. */
export function exampleOf(shape: SchemaObject | ReferenceObject, schemas: SchemasObject): unknown {
  const schema = '$ref' in shape ? referred(shape, schemas) : shape;
  const given: unknown = schema.example ?? schema.enum?.[0];
  if (given !== undefined) return given;
  const { properties, items } = schema;
  if (items) return [exampleOf(items, schemas)];
  if (!properties) return null;
  return Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, exampleOf(value, schemas)]));
}

function referred({ $ref }: ReferenceObject, schemas: SchemasObject): SchemaObject {
  return schemas[$ref.slice($ref.lastIndexOf('/') + 1)] ?? {};
}
