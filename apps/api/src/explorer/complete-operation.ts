import { STATUS_CODES } from 'node:http';
import type { OperationObject, ResponseObject, SchemasObject } from '@nestjs/swagger';
import { exampleOf } from './example-of';

/** Nest takes a handler's whole comment for the summary: that is its first sentence, and the rest the description. */
export function splitSummary(operation: OperationObject): void {
  const [first = '', ...rest] = (operation.summary ?? '').split(/(?<=[.:])\s+/);
  operation.summary = first.replace(/[.:]$/, '');
  operation.description = [rest.join(' '), operation.description].filter(Boolean).join('\n\n');
}

/** Puts the errors beside the successes that Nest has found. */
export function addErrors(
  operation: OperationObject,
  errors: ReadonlyMap<number, ResponseObject>,
  schemas: SchemasObject,
): void {
  for (const [status, response] of Object.entries(operation.responses)) {
    (response as ResponseObject).description ||= STATUS_CODES[status] ?? status;
  }
  for (const [status, error] of errors) {
    const success = operation.responses[status] as ResponseObject | undefined;
    operation.responses[status] = success ? eitherOf(success, error, schemas) : error;
  }
}

/** For a contract whose errors may have the status of success: the body alone tells which it is. */
function eitherOf(success: ResponseObject, error: ResponseObject, schemas: SchemasObject): ResponseObject {
  const content = { ...success.content };
  for (const [type, { schema = {}, examples }] of Object.entries(error.content ?? {})) {
    const successful = content[type]?.schema ?? {};
    content[type] = {
      schema: { anyOf: [successful, schema] },
      examples: { success: { summary: 'success', value: exampleOf(successful, schemas) }, ...examples },
    };
  }
  return { ...success, description: `${success.description}, or:\n${error.description}`, content };
}
