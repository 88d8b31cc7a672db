import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import addFormats from 'ajv-formats';
import Ajv2020 from 'ajv/dist/2020.js';

const FOLDER = fileURLToPath(new URL('../../dist/openapi', import.meta.url));

/** The documents that the build has written, by name. */
export function builtDocuments() {
  if (!existsSync(FOLDER)) throw new Error('dist/openapi is missing: run `npm run build` first');
  const read = (file) => JSON.parse(readFileSync(join(FOLDER, file), 'utf8'));
  return new Map(readdirSync(FOLDER).map((file) => [file.replace('.json', ''), read(file)]));
}

export const listenerOf = (document) => (document === 'internal' ? 'internal' : 'public');

export function documentedRoutes(name, { paths }) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]) => {
      return { document: name, method: method.toUpperCase(), path, operation };
    }),
  );
}

/** Throws unless the answer is one that the listener's documents know. Nothing is asked of what they don't name. */
export function requireDocumented(listener, method, path, answer) {
  const route = routeOf(listener, method, path);
  if (!route) return;
  const complaint = complaintAbout(route, answer);
  if (complaint === null) return;
  throw new Error(
    `${method} ${route.path} answered ${answer.status} ${answer.text.slice(0, 500)}\n${route.document}.json: ${complaint}`,
  );
}

/** What of an answer is not as the route's document says; `null` when all is. */
export function complaintAbout(route, { status, headers, text, body }) {
  const response = route.operation.responses[status];
  if (!response) return `status ${status} is not listed`;
  if (!response.content) return text === '' ? null : `status ${status} has no body`;
  const type = String(headers.get('content-type')).split(';', 1)[0];
  if (!response.content[type]) return `status ${status} has no content of type ${type}`;
  return misfitOf(body, route, 'responses', String(status), 'content', type);
}

/** What of a JSON body is not as the document says of what the route takes; `null` when all is. */
export const complaintAboutSent = (route, body) => misfitOf(body, route, 'requestBody', 'content', 'application/json');

/** How a value differs from the schema at those steps below the operation. */
function misfitOf(value, { document, path, method }, ...steps) {
  const { ajv } = judge();
  const pointer = ['paths', path, method.toLowerCase(), ...steps, 'schema'].map((step) =>
    encodeURIComponent(step.replaceAll('~', '~0').replaceAll('/', '~1')),
  );
  const validate = ajv.getSchema(`${document}.json#/${pointer.join('/')}`);
  return validate?.(value) === true ? null : ajv.errorsText(validate?.errors);
}

/** The documented route that takes such a request. */
export function routeOf(listener, method, path) {
  const [pathname] = path.split(/[?#]/, 1);
  return judge().routes.find(
    (route) => listenerOf(route.document) === listener && route.method === method && route.pattern.test(pathname),
  );
}

let loaded;

function judge() {
  return (loaded ??= load(builtDocuments()));
}

function load(documents) {
  const ajv = new Ajv2020({ strict: false });
  addFormats(ajv);
  for (const [name, document] of documents) ajv.addSchema(document, `${name}.json`);
  const routes = [...documents].flatMap(([name, document]) => documentedRoutes(name, document));
  // A path without parameters is itself before it is an example of another one.
  routes.sort((a, b) => parametersIn(a.path) - parametersIn(b.path));
  return { ajv, routes: routes.map((route) => ({ ...route, pattern: patternOf(route.path) })) };
}

const parametersIn = (path) => path.split('{').length;

function patternOf(path) {
  return new RegExp(`^${path.replace(/[.]/g, '\\.').replace(/\{\w+\}/g, '[^/]+')}$`);
}
