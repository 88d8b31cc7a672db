/**
 * The fields of a form (application/x-www-form-urlencoded) in well-formed UTF-8, without duplicates (RFC 6749 3.2)
 * and without names that every object has already.
 * @throws SyntaxError or URIError for any other text
 */
export function parseForm(text: string): Record<string, string> {
  const fields = new Map<string, string>();
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const [name, value] = fieldOf(pair);
    if (fields.has(name) || name in Object.prototype) throw new SyntaxError('duplicate or reserved field');
    fields.set(name, value);
  }
  return Object.fromEntries(fields);
}

function fieldOf(pair: string): [string, string] {
  const equals = pair.indexOf('=');
  return equals < 0 ? [decoded(pair), ''] : [decoded(pair.slice(0, equals)), decoded(pair.slice(equals + 1))];
}

const ENCODED = /[%+]/;

/** Not URLSearchParams: it turns broken UTF-8 into U+FFFD. A token, which is long, has nothing to decode. */
function decoded(text: string): string {
  return ENCODED.test(text) ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}
