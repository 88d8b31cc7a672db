import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a caller and a service, passes everything on, and shows what has passed. */
export interface Relay {
  url: string;
  /** What was asked, in order. */
  asked: { path: string; authorization: string }[];
  /** The next answer waits; those after it pass. Resolves as soon as it waits, with what lets it go. */
  hold(): Promise<() => void>;
  close(): Promise<void>;
}

export async function aRelayTo(target: string): Promise<Relay> {
  const asked: Relay['asked'] = [];
  let tellHeld: ((release: () => void) => void) | undefined;
  const server = createServer((incoming, answer) => {
    asked.push({ path: incoming.url ?? '', authorization: incoming.headers.authorization ?? '' });
    void passOn(incoming, answer);
  });
  const passOn = async (incoming: IncomingMessage, answer: ServerResponse) => {
    const outgoing = request(target + incoming.url, { method: incoming.method, headers: incoming.headers });
    incoming.pipe(outgoing);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    const tell = tellHeld;
    tellHeld = undefined;
    if (tell) await new Promise<void>(tell);
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    hold: () => new Promise((resolve) => (tellHeld = resolve)),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
