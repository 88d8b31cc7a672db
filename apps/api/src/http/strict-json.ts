import type { FastifyInstance } from 'fastify';

/** Stands where a body would, so that the guards run first and the pipe refuses it after them. */
export class MalformedBody {}

const MAX_DEPTH = 32;
// Anything else has no parser, which is a 415: forms and text can be sent from a foreign page without a preflight.
const JSON_IN_UTF8 = /^application\/json(; charset="utf-8")?$/i;
const KEY_OR_STRING_OR_BRACKET = /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Replaces every body parser. Needs an application that is made with `bodyParser: false`. */
export function useStrictJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser<Buffer>(JSON_IN_UTF8, { parseAs: 'buffer' }, (_request, body, done) =>
    done(null, parseBody(body)),
  );
}

/**
 * The value of a JSON text (RFC 8259) in well-formed UTF-8, without duplicate keys, without keys that every
 * object has already (`__proto__`, `constructor`), at most 32 levels deep. `undefined` when there is no text,
 * a `MalformedBody` when it is none of that. Lone surrogates (`"\ud800"`) are left to the fields.
 */
export function parseBody(bytes: Uint8Array): unknown {
  if (bytes.length === 0) return undefined;
  try {
    const text = utf8.decode(bytes);
    const value: unknown = JSON.parse(text);
    checkKeysAndDepth(text);
    return value;
  } catch {
    return new MalformedBody();
  }
}

/** `text` must be JSON: only then is a string before a colon a key, and do the brackets match. */
function checkKeysAndDepth(text: string): void {
  const keysOfOpen: Set<string>[] = [];
  for (const [token, key] of text.matchAll(KEY_OR_STRING_OR_BRACKET)) {
    if (key !== undefined) addKey(keysOfOpen.at(-1), JSON.parse(key) as string);
    else if (token === '{' || token === '[') keysOfOpen.push(new Set());
    else if (token === '}' || token === ']') keysOfOpen.pop();
    if (keysOfOpen.length > MAX_DEPTH) throw new SyntaxError('too deep');
  }
}

function addKey(keys: Set<string> | undefined, key: string): void {
  if (keys?.has(key) || key in Object.prototype) throw new SyntaxError('duplicate or reserved key');
  keys?.add(key);
}
