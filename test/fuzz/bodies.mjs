import fc from 'fast-check';
import { encoded, KNOWN, naughty } from './values.mjs';

/** A value that fits a schema of `document`. */
export function fitting(schema, document, name) {
  if (schema.$ref) return fitting(document.components.schemas[schema.$ref.split('/').at(-1)], document, name);
  if (schema.enum) return fc.constantFrom(...schema.enum);
  if (KNOWN[name]) return KNOWN[name];
  if (schema.type === 'object') return anObject(schema, document);
  if (schema.type === 'array') return fc.uniqueArray(fitting(schema.items, document), { minLength: 1 });
  if (schema.type === 'boolean') return fc.boolean();
  if (schema.type === 'number') return fc.integer({ min: schema.minimum, max: schema.maximum });
  if (schema.pattern) return fc.stringMatching(new RegExp(schema.pattern));
  return fc.string({ minLength: schema.minLength, maxLength: schema.maxLength });
}

function anObject({ properties, required = [] }, document) {
  const fields = Object.entries(properties).map(([name, schema]) => [name, fitting(schema, document, name)]);
  return fc.record(Object.fromEntries(fields), { requiredKeys: required });
}

const LENGTHS = [0, 1, 5, 6, 7, 8, 14, 15, 30, 31, 72, 73, 100, 101, 128, 129, 254, 255, 256, 320, 321, 9000, 20_000];
const deep = (levels) => '['.repeat(levels) + ']'.repeat(levels);

/** JSON texts of what a field does not expect. */
const unexpected = fc.oneof(
  naughty.map((text) => JSON.stringify(text)),
  fc.constantFrom(...LENGTHS).map((length) => JSON.stringify('x'.repeat(length))),
  fc.constantFrom('null', 'true', '-0', '1e400', '1.5', '-1', '9'.repeat(400), '0x10', 'NaN', '[]', '{}', '""', '" "'),
  fc.constantFrom('{"$ne":null}', '["x"]', '"\\ud800"', '"\\u0000"', '"1"', deep(31), deep(33), deep(5000)),
);
const FOREIGN = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'isAdmin',
  'id',
  'credentialVersion',
  '',
  '$where',
];
const pair = (key, text) => `${JSON.stringify(key)}:${text}`;

/** What may become of a field, whose value is `text`: the fields that stand in its place. */
const spoiling = fc.oneof(
  { weight: 4, arbitrary: unexpected.map((other) => (key) => [pair(key, other)]) },
  fc.constantFrom(
    () => [],
    (key, text) => [pair(key, text), pair(key, text)],
    (key, text) => [pair(key, text), `"\\u00${key.charCodeAt(0).toString(16)}${key.slice(1)}":null`],
    (key, text) => [pair(key.toUpperCase(), text)],
  ),
  fc.constantFrom(...FOREIGN).map((other) => (key, text) => [pair(key, text), pair(other, '{"polluted":true}')]),
);

/** The JSON text of `value`, of which the n-th field is spoiled. */
function spoiledText(value, nth, spoil) {
  let fields = 0;
  const write = (part) => {
    if (part === null || typeof part !== 'object') return JSON.stringify(part);
    if (Array.isArray(part)) return `[${part.map(write).join()}]`;
    const written = Object.entries(part).flatMap(([key, each]) =>
      fields++ === nth ? spoil(key, write(each)) : [pair(key, write(each))],
    );
    return `{${written.join()}}`;
  };
  return write(value);
}

const asForm = (value) =>
  Object.entries(value)
    .map((pair) => pair.map(encoded).join('='))
    .join('&');
const formSpoils = fc.oneof(
  fc.constantFrom(
    '&token=1',
    '&token[]=1',
    '&token[a]=b',
    '&=',
    '&&&',
    '&a=%',
    '&a=%ff',
    '&a=%00',
    '&__proto__=x',
    '&a',
  ),
  naughty.map((text) => `&grant_type=${encoded(text)}`),
);

/** `{good, spoiled}`: texts of bodies of that media type. */
export function bodiesOf(type, schema, document) {
  if (type === 'application/x-ndjson') return linesOf(document);
  const value = fitting(schema, document);
  if (type !== 'application/json') {
    const good = value.map(asForm);
    return { good, spoiled: fc.tuple(good, formSpoils).map((texts) => texts.join('')) };
  }
  const spoiled = fc.tuple(value, fc.nat(3), spoiling).map((parts) => spoiledText(...parts));
  return { good: value.map((each) => JSON.stringify(each)), spoiled };
}

/** Each line is what makes one account. */
function linesOf(document) {
  const { good, spoiled } = bodiesOf('application/json', document.components.schemas.CreateAccountDto, document);
  const lines = (line) => fc.array(line, { minLength: 1, maxLength: 5 }).map((all) => all.join('\n'));
  return { good: lines(good), spoiled: lines(fc.oneof(good, spoiled, naughty)) };
}
