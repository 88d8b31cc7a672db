import { ModulesContainer } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DocumentBuilder,
  type OpenAPIObject,
  type OperationObject,
  type SchemasObject,
  SwaggerModule,
} from '@nestjs/swagger';
import { addErrors, splitSummary } from './complete-operation';
import { closeSchemas } from './close-schemas';
import { ErrorFormats } from './error-formats';
import { type Operation, operationId, operationsOf } from './operations';
import { type DocumentedModule, documentedModules, type SurfaceDocument } from './surface-document';

/**
 * The OpenAPI document of each surface, by its name. Needs the compiled code, whose DTOs the swagger plug-in has
 * described, but none of its services: an application in preview mode will do.
 */
export function buildDocuments(app: NestFastifyApplication): Map<string, OpenAPIObject> {
  const documented = documentedModules(app.get(ModulesContainer));
  return new Map(documented.map((each) => [each.document.name, buildDocument(app, each)]));
}

function buildDocument(app: NestFastifyApplication, { module, document }: DocumentedModule): OpenAPIObject {
  const include = [module, ...(document.alsoShows ?? [])];
  const built = SwaggerModule.createDocument(app, head(document), {
    include,
    extraModels: document.errors.map(({ body }) => body),
    operationIdFactory: operationId,
  });
  const operations = operationsOf(app.get(ModulesContainer), include);
  const inputs = [...operations.values()].flatMap(({ shapes }) => shapes);
  closeSchemas(schemasOf(built), inputs);
  complete(built, operations, document);
  return built;
}

/** Adds what Nest does not know: every error, and who may call. */
function complete(built: OpenAPIObject, operations: Map<string, Operation>, document: SurfaceDocument) {
  const formats = new ErrorFormats(document);
  for (const [path, shown] of operationsIn(built)) {
    const operation = operations.get(String(shown.operationId)) as Operation;
    splitSummary(shown);
    if (operation.scope) shown.description = `Needs the scope \`${operation.scope}\`. ${shown.description}`.trim();
    addErrors(shown, formats.responses(path, operation), schemasOf(built));
    shown.security ??= operation.failures.has('access-token.missing') ? [...document.security] : [];
  }
}

function head({ title, description, securitySchemes }: SurfaceDocument): Omit<OpenAPIObject, 'paths'> {
  const builder = new DocumentBuilder().setOpenAPIVersion('3.1.0').setTitle(title).setDescription(description);
  builder.setVersion('1').setLicense('MIT', 'https://opensource.org/license/mit').addServer('/');
  for (const [name, scheme] of Object.entries(securitySchemes)) builder.addSecurity(name, scheme);
  return builder.build();
}

const schemasOf = ({ components }: OpenAPIObject): SchemasObject => (components?.schemas ?? {}) as SchemasObject;

function operationsIn({ paths }: OpenAPIObject): [string, OperationObject][] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.values(item as Record<string, OperationObject>).map((operation): [string, OperationObject] => [
      path,
      operation,
    ]),
  );
}
