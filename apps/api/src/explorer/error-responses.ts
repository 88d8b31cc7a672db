import { getSchemaPath, type ResponseObject, type SchemaObject } from '@nestjs/swagger';
import type { SampleError } from './sample-errors';
import type { ErrorFormat } from './surface-document';

/** One response for each status that some of the errors have; each error is an example of it and a line of its description. */
export function errorResponses(samples: readonly SampleError[], format: ErrorFormat): Map<number, ResponseObject> {
  const statuses = [...new Set(samples.map(({ answer }) => answer.status))].sort((a, b) => a - b);
  return new Map(
    statuses.map((status) => [
      status,
      response(
        samples.filter(({ answer }) => answer.status === status),
        format,
      ),
    ]),
  );
}

function response(samples: readonly SampleError[], format: ErrorFormat): ResponseObject {
  const lines = samples.map(
    ({ answer }) => `- \`${valueAt(answer.body, format.code)}\` ${valueAt(answer.body, format.text)}`,
  );
  const { 'content-type': contentType = 'application/json', ...headers } = samples[0]?.answer.headers ?? {};
  return {
    description: [...new Set(lines)].join('\n'),
    ...(Object.keys(headers).length > 0 && { headers: described(headers) }),
    content: { [contentType]: { schema: schemaOf(samples, format), examples: examplesOf(samples, format) } },
  };
}

/** The body's shape, with none but these codes. */
function schemaOf(samples: readonly SampleError[], { body, code }: ErrorFormat): SchemaObject {
  const codes = [...new Set(samples.map(({ answer }) => valueAt(answer.body, code)))];
  const narrowed = code
    .split('.')
    .reduceRight<SchemaObject>((schema, name) => ({ properties: { [name]: schema } }), { enum: codes });
  return { allOf: [{ $ref: getSchemaPath(body) }, narrowed] };
}

function examplesOf(samples: readonly SampleError[], { code }: ErrorFormat) {
  const shown = samples.map(({ name, answer }) => ({
    name,
    errorCode: String(valueAt(answer.body, code)),
    value: answer.body,
  }));
  return Object.fromEntries(
    shown.map(({ name, errorCode, value }) => [
      name || errorCode,
      { summary: name === '' || name === errorCode ? errorCode : `${errorCode} (${name})`, value },
    ]),
  );
}

function described(headers: Record<string, string>) {
  return Object.fromEntries(
    Object.entries(headers).map(([name, example]) => [name, { schema: { type: 'string' as const }, example }]),
  );
}

/** `path`: names with dots between. */
function valueAt(body: unknown, path: string): string | number {
  return path.split('.').reduce<unknown>((value, name) => (value as Record<string, unknown>)[name], body) as
    string | number;
}
