import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020';
import type { OpenAPIObject, OperationObject, ResponseObject } from '@nestjs/swagger';
import type { HttpAnswer } from './http-client';

export interface DocumentedRoute {
  /** The document's name. */
  document: string;
  method: string;
  path: string;
  operation: OperationObject;
}

export type Listener = 'public' | 'internal';

const FOLDER = join(__dirname, '../../dist/openapi');

/** The documents that the build has written, by name. */
export function builtDocuments(): Map<string, OpenAPIObject> {
  if (!existsSync(FOLDER)) throw new Error('dist/openapi is missing: run `npm run build` first');
  const files = readdirSync(FOLDER).map((file) => [
    file.replace('.json', ''),
    readFileSync(join(FOLDER, file), 'utf8'),
  ]);
  return new Map(files.map(([name, text]) => [String(name), JSON.parse(String(text)) as OpenAPIObject]));
}

export const listenerOf = (document: string): Listener => (document === 'internal' ? 'internal' : 'public');

export function documentedRoutes(name: string, { paths }: OpenAPIObject): DocumentedRoute[] {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item as Record<string, OperationObject>).map(([method, operation]) => {
      return { document: name, method: method.toUpperCase(), path, operation };
    }),
  );
}

/** Throws unless the answer is one that the listener's documents know. Nothing is asked of what they don't name. */
export function requireDocumented(listener: Listener, method: string, path: string, answer: HttpAnswer): void {
  const route = routeOf(listener, method, path);
  if (!route) return;
  const complaint = complaintAbout(route, answer);
  if (complaint === null) return;
  throw new Error(
    `${method} ${route.path} answered ${answer.status} ${answer.text.slice(0, 500)}\n${route.document}.json: ${complaint}`,
  );
}

function complaintAbout(route: DocumentedRoute, { status, headers, text, body }: HttpAnswer): string | null {
  const response = route.operation.responses[status] as ResponseObject | undefined;
  if (!response) return `status ${status} is not listed`;
  if (!response.content) return text === '' ? null : `status ${status} has no body`;
  const type = String(headers.get('content-type')).split(';', 1)[0] ?? '';
  if (!response.content[type]) return `status ${status} has no content of type ${type}`;
  const { ajv } = judge();
  const validate = ajv.getSchema(schemaUri(route, status, type));
  return validate?.(body) === true ? null : ajv.errorsText(validate?.errors);
}

interface Judge {
  routes: (DocumentedRoute & { pattern: RegExp })[];
  ajv: Ajv2020;
}

let loaded: Judge | undefined;

function judge(): Judge {
  return (loaded ??= load(builtDocuments()));
}

function load(documents: Map<string, OpenAPIObject>): Judge {
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  for (const [name, document] of documents) ajv.addSchema(document, `${name}.json`);
  const routes = [...documents].flatMap(([name, document]) => documentedRoutes(name, document));
  // A path without parameters is itself before it is an example of another one.
  routes.sort((a, b) => parametersIn(a.path) - parametersIn(b.path));
  return { ajv, routes: routes.map((route) => ({ ...route, pattern: patternOf(route.path) })) };
}

function routeOf(listener: Listener, method: string, path: string): DocumentedRoute | undefined {
  const [pathname = ''] = path.split(/[?#]/, 1);
  return judge().routes.find(
    (route) => listenerOf(route.document) === listener && route.method === method && route.pattern.test(pathname),
  );
}

const parametersIn = (path: string): number => path.split('{').length;

function patternOf(path: string): RegExp {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}

function schemaUri({ document, path, method }: DocumentedRoute, status: number, type: string): string {
  const steps = ['paths', path, method.toLowerCase(), 'responses', String(status), 'content', type, 'schema'];
  const pointer = steps.map((step) => encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')));
  return `${document}.json#/${pointer.join('/')}`;
}
