/** A mail of two parts as it lies in a mailbox: its headers, each a list of decoded values, and its parts, decoded. */
export function readMail(raw) {
  const { headers, body } = split(raw);
  const [, boundary] = /boundary="([^"]+)"/.exec(headers['content-type']);
  const parts = body
    .split(`--${boundary}`)
    .slice(1, -1)
    .map((part) => split(part.trimStart()));
  const [text, html] = ['text/plain', 'text/html'].map((type) =>
    decoded(parts.find((part) => part.headers['content-type'][0].startsWith(type))),
  );
  return { headers, text, html };
}

function split(raw) {
  const [head, ...rest] = raw.split('\n\n');
  const headers = {};
  for (const line of head.replaceAll(/\n[ \t]+/g, ' ').split('\n')) {
    const [, name, value] = /^([\w-]+): ?(.*)$/.exec(line);
    (headers[name.toLowerCase()] ??= []).push(decodedWords(value));
  }
  return { headers, body: rest.join('\n\n') };
}

function decoded({ headers, body }) {
  const [encoding] = headers['content-transfer-encoding'];
  if (encoding === 'base64') return Buffer.from(body, 'base64').toString();
  if (encoding === 'quoted-printable') return unquoted(body.replaceAll('=\n', ''));
  return body;
}

/** RFC 2047. */
function decodedWords(value) {
  return value
    .replaceAll(/\?= (?==\?)/g, '?=')
    .replaceAll(/=\?utf-8\?([BQ])\?([^?]*)\?=/gi, (_, kind, word) =>
      kind.toUpperCase() === 'B' ? Buffer.from(word, 'base64').toString() : unquoted(word.replaceAll('_', ' ')),
    );
}

function unquoted(text) {
  const bytes = text.replaceAll(/=([0-9A-F]{2})/g, (_, hex) => String.fromCharCode(parseInt(hex, 16)));
  return Buffer.from(bytes, 'latin1').toString();
}
