import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A service of the range API on loopback that knows some passwords. Each range has a row of padding, too. */
export async function startRangeServer() {
  const state = { breached: [] as string[], asked: [] as string[], isDown: false, whileAsked: () => Promise.resolve() };
  const server = createServer((request, response) => {
    state.asked.push(String(request.url));
    const prefix = String(request.url).slice(-5);
    const rows = state.breached.map(sha1).filter((digest) => digest.startsWith(prefix));
    const text = [...rows.map((digest) => `${digest.slice(5)}:1`), `${'0'.repeat(35)}:0`].join('\r\n');
    void state.whileAsked().finally(() => response.writeHead(state.isDown ? 503 : 200).end(text));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  return Object.assign(state, {
    url: `http://127.0.0.1:${port}/range/`,
    close: () => {
      server.close();
      server.closeAllConnections();
    },
  });
}

const sha1 = (text: string): string => createHash('sha1').update(text).digest('hex').toUpperCase();
