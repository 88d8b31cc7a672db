import { once } from 'node:events';
import { request } from 'node:http';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';

/** The request of an import, for who sends its lines bit by bit. */
export const openImport = ({ internalPort }, token) =>
  request(`http://127.0.0.1:${internalPort}/internal/v1/accounts/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/x-ndjson' },
  });

/** Sends all of them. Resolves with the answer to each, and last the one that counts them. */
export async function importLines(replica, token, lines) {
  const outgoing = openImport(replica, token);
  Readable.from(lines).pipe(outgoing);
  const [answer] = await once(outgoing, 'response');
  return answersIn(await text(answer));
}

/** Those that are whole. */
export const answersIn = (said) =>
  said
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
