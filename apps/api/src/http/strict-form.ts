/**
 * The fields of a form (application/x-www-form-urlencoded) in well-formed UTF-8, without duplicates (RFC 6749 3.2)
 * and without names that every object has already.
 * @throws SyntaxError or URIError for any other text
 */
export function parseForm(text: string): Record<string, string> {
  const fields: Record<string, string> = {};
  for (const pair of text.split('&').filter((part) => part !== '')) {
    const equals = pair.indexOf('=');
    const name = decoded(equals < 0 ? pair : pair.slice(0, equals));
    if (name in fields) throw new SyntaxError('duplicate or reserved field');
    fields[name] = equals < 0 ? '' : decoded(pair.slice(equals + 1));
  }
  return fields;
}

/** Not URLSearchParams: it turns broken UTF-8 into U+FFFD. A token, which is long, has nothing to decode. */
function decoded(text: string): string {
  return text.includes('%') || text.includes('+') ? decodeURIComponent(text.replaceAll('+', ' ')) : text;
}
