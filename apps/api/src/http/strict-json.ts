import { errorCodes, type FastifyInstance, type FastifyRequest } from 'fastify';
import { parseForm } from './strict-form';

declare module 'fastify' {
  interface FastifyContextConfig {
    /** What the route's body is sent as: a form where a standard says so, lines of JSON as a raw stream, else JSON. */
    body?: BodyKind;
  }

  interface FastifyRequest {
    /** The body as it was sent; absent when there is none, or when it is a stream. */
    rawBody: Buffer | undefined;
  }
}

/** Stands where a body would, so that the guards run first and the pipe refuses it after them. */
export class MalformedBody {}

const MAX_DEPTH = 32;
// Anything else has no parser, which is a 415: forms and text can be sent from a foreign page without a preflight.
const JSON_IN_UTF8 = /^application\/json(; charset="utf-8")?$/i;
const FORM_IN_UTF8 = /^application\/x-www-form-urlencoded(; charset="utf-8")?$/i;
const NDJSON_IN_UTF8 = /^application\/x-ndjson(; charset="utf-8")?$/i;
const KEY_OR_STRING_OR_BRACKET = /("(?:[^"\\]|\\.)*")\s*:|"(?:[^"\\]|\\.)*"|[{}[\]]/g;
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** Replaces every body parser. Needs an application that is made with `bodyParser: false`. */
export function useStrictJson(fastify: FastifyInstance): void {
  fastify.removeAllContentTypeParsers();
  fastify.decorateRequest('rawBody', undefined);
  addParser(fastify, JSON_IN_UTF8, 'json', parseBody);
  addParser(fastify, FORM_IN_UTF8, 'form', parseFormBody);
  // Not read here, so without a limit of the whole: its route limits each line.
  fastify.addContentTypeParser(NDJSON_IN_UTF8, (request, stream, done) => {
    if (wants(request, 'ndjson')) done(null, stream);
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
  });
}

type BodyKind = 'json' | 'form' | 'ndjson';

function addParser(
  fastify: FastifyInstance,
  type: RegExp,
  kind: BodyKind,
  parse: (bytes: Uint8Array) => unknown,
): void {
  fastify.addContentTypeParser<Buffer>(type, { parseAs: 'buffer' }, (request, body, done) => {
    request.rawBody = body;
    if (wants(request, kind)) done(null, parse(body));
    else done(new errorCodes.FST_ERR_CTP_INVALID_MEDIA_TYPE());
  });
}

/** A route takes one kind of body; every other is foreign to it. */
function wants({ routeOptions }: FastifyRequest, kind: BodyKind): boolean {
  return (routeOptions.config?.body ?? 'json') === kind;
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

/** The fields of a form; a `MalformedBody` when it is none. */
function parseFormBody(bytes: Uint8Array): unknown {
  try {
    return parseForm(utf8.decode(bytes));
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
