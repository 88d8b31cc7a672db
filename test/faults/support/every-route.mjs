import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/api.mjs';
import { DEVICE } from './doors.mjs';

const DOCUMENTS = join(ROOT, 'dist/openapi');

/** What stands in fields that say who, not in those that prove it. */
const OPEN_FIELDS = /^(email|user_name|newEmail|eml)$/;
const NEW_PASSWORD = /^(newPassword|new_password|pwd)$/;
const SECRET = /pass|token|code|secret|key/i;

/** Where a text may stand that the service did not ask for. */
export const PLACES = ['fields', 'headers', 'address'];

/**
 * Every documented operation: `request(person, proof)` is one with all that it takes, and a secret wherever one fits.
 * With `{ text, place }` this text stands in all that there is of that place, too.
 */
export function everyRoute() {
  return readdirSync(DOCUMENTS).flatMap((file) => {
    const document = JSON.parse(readFileSync(join(DOCUMENTS, file), 'utf8'));
    const at = file === 'internal.json' ? 'askInternal' : 'ask';
    return Object.entries(document.paths).flatMap(([path, operations]) =>
      Object.entries(operations).map(([method, operation]) => ({
        name: `${method.toUpperCase()} ${path}`,
        at,
        request: (person, proof, stray) => requestOf({ document, path, method, operation }, person, proof, stray),
      })),
    );
  });
}

function requestOf({ document, path, method, operation }, person, proof, { text, place } = {}) {
  const [type, content] = Object.entries(operation.requestBody?.content ?? {})[0] ?? [];
  const body =
    content && bodyOf(resolved(document, content.schema), document, { ...person, text: place === 'fields' && text });
  const form = { grant_type: 'client_credentials', token: person.secret, client_secret: person.secret };
  const options = {
    body: type?.includes('form') ? new URLSearchParams(form) : body,
    headers: {
      ...DEVICE,
      'Idempotency-Key': person.secret,
      cookie: `session=${person.secret}`,
      ...(place === 'headers' && strayHeaders(operation, text)),
      ...proof,
    },
  };
  const address = place === 'address' ? strayAddress({ path, operation }, text) : path;
  return [method.toUpperCase(), address.replaceAll(/\{\w+\}/g, person.id), options];
}

const namesIn = (where, { parameters = [] }) => parameters.filter((each) => each.in === where).map(({ name }) => name);

/** What any client or proxy may send. */
const STRAY_HEADERS = [
  'accept',
  'accept-language',
  'cookie',
  'forwarded',
  'if-none-match',
  'origin',
  'referer',
  'user-agent',
  'x-forwarded-for',
  'x-real-ip',
];

function strayHeaders(operation, text) {
  const names = [...STRAY_HEADERS, ...namesIn('header', operation), ...Object.keys(DEVICE)];
  return Object.fromEntries(names.map((name) => [name, text]));
}

function strayAddress({ path, operation }, text) {
  const query = [...namesIn('query', operation), 'unasked'].map((name) => `${name}=${text}`);
  return `${path.replaceAll(/\{\w+\}/g, text)}?${query.join('&')}`;
}

function bodyOf({ properties = {} }, document, person) {
  const entries = Object.entries(properties).map(([name, property]) => {
    const schema = resolved(document, property);
    if (schema.properties) return [name, bodyOf(schema, document, person)];
    return [name, valueOf(name, schema, person)];
  });
  return Object.fromEntries(entries.filter(([, value]) => value !== undefined));
}

function valueOf(name, schema, person) {
  if (OPEN_FIELDS.test(name)) return /^new|^eml/.test(name) ? person.newEmail : person.email;
  if (NEW_PASSWORD.test(name)) return `${person.secret} 2`;
  if (/password$/i.test(name)) return person.password;
  if (schema.type === 'string' && SECRET.test(name)) return person.secret;
  if (person.text && schema.type === 'string' && !schema.enum) return person.text;
  return schema.enum?.[0] ?? schema.example;
}

const resolved = (document, schema) => {
  const { $ref } = schema.allOf?.[0] ?? schema;
  return $ref ? document.components.schemas[$ref.split('/').at(-1)] : schema;
};
