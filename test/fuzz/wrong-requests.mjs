import fc from 'fast-check';
import { encoded, naughty } from './values.mjs';

const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'TRACE', 'PROPFIND'];
const TYPES = [
  'text/plain',
  'application/xml',
  'application/json; charset=utf-16',
  'multipart/form-data',
  'json',
  '',
  ';',
];
const HEADERS = ['Accept-Language', 'Accept', 'X-Request-Id', 'User-Agent', 'X-Forwarded-For', 'Origin', 'Cookie'];

/** These take from everybody what holders are about to use. */
const FOR_ALL = ['DELETE /dev/mailbox/messages', 'POST /internal/v1/sessions/revoke'];

export function isForOne({ method, path }) {
  return !FOR_ALL.includes(`${method} ${path}`);
}

const changed = (list, nth, value) => list.map(([name, own], index) => [name, index === nth ? value : own]);
const ID_OR_END = /\{\{\w+\}\}|\w+-\w+-\w+-[\w-]+|[^/]+$/;
const oneLine = (text) => text.replace(/[\r\n]/g, ' ');

/** A naughty string in the path, a parameter, a header of its own or one that is there. */
const naughtyPart = fc.tuple(naughty.map(oneLine), fc.nat(3), fc.constantFrom(...HEADERS));
const NAUGHTY = [
  ([text], asked) => ({ ...asked, path: asked.path.replace(ID_OR_END, () => encoded(text)) }),
  ([text, nth], asked) => ({ ...asked, query: changed(asked.query, nth, text) }),
  ([text, nth], asked) => ({ ...asked, query: [...asked.query, ...asked.query.slice(nth), [text, text]] }),
  ([text, nth], asked) => ({ ...asked, headers: changed(asked.headers, nth, text) }),
  ([text, , name], asked) => ({ ...asked, headers: [...asked.headers, [name, text]] }),
];

const long = (length) => `/${'x'.repeat(length)}`;
const ENDS = [
  '/',
  '//',
  ';x=1',
  '%00',
  '%ff',
  '%',
  '%2f',
  '%5c',
  '#x',
  '.json',
  '\\..',
  long(200),
  long(5000),
  long(20_000),
];

/** Other spellings of a path, of which each has one meaning or none. */
const SPELLINGS = [
  ...ENDS.map((end) => (path) => path + end),
  ...['/', '/.', '/x/..', '/%2e', 'http://x'].map((start) => (path) => start + path),
  (path) => path.toUpperCase(),
  (path) => path.replace(/\w/, (first) => `%${first.charCodeAt(0).toString(16)}`),
  (path) => path.replace(/\/(\w+)$/, '/x/%2e%2e/$1'),
  () => '*',
];

/** Requests as they are `good` but for one part, with a spoiled body more often than not. */
export const wrong = (good, bodies) =>
  fc.oneof(
    {
      weight: bodies ? 6 : 0,
      arbitrary: fc.tuple(good, bodies?.spoiled ?? good).map(([asked, body]) => ({ ...asked, body })),
    },
    {
      weight: 3,
      arbitrary: fc.tuple(fc.constantFrom(...NAUGHTY), naughtyPart, good).map(([put, part, asked]) => put(part, asked)),
    },
    fc
      .tuple(good, fc.constantFrom(...METHODS))
      .map(([asked, method]) => ({ ...asked, method }))
      .filter(isForOne),
    fc.tuple(good, fc.constantFrom(...TYPES)).map(([asked, type]) => ({ ...asked, type, body: asked.body ?? '{}' })),
    fc.tuple(good, fc.constantFrom(...SPELLINGS)).map(([asked, spell]) => ({ ...asked, path: spell(asked.path) })),
  );
