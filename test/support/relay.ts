import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Stands between a caller and a service, passes everything on, and shows what has passed. */
export interface Relay {
  url: string;
  /** What was asked, in order. */
  asked: { path: string; authorization: string }[];
  /** From now on answers wait until `release`. Resolves as soon as one waits. */
  hold(): Promise<void>;
  release(): void;
  close(): Promise<void>;
}

export async function aRelayTo(target: string): Promise<Relay> {
  const asked: Relay['asked'] = [];
  let open: Promise<void> | undefined;
  let release = () => {};
  let held = () => {};
  const server = createServer((incoming, answer) => {
    asked.push({ path: incoming.url ?? '', authorization: incoming.headers.authorization ?? '' });
    void passOn(incoming, answer, async () => {
      held();
      await open;
    });
  });
  const passOn = async (incoming: IncomingMessage, answer: ServerResponse, gate: () => Promise<void>) => {
    const outgoing = request(target + incoming.url, { method: incoming.method, headers: incoming.headers });
    incoming.pipe(outgoing);
    const [response] = (await once(outgoing, 'response')) as [IncomingMessage];
    await gate();
    answer.writeHead(response.statusCode ?? 502, response.headers);
    response.pipe(answer);
  };
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    asked,
    hold() {
      open = new Promise((resolve) => (release = resolve));
      return new Promise((resolve) => (held = resolve));
    },
    release: () => {
      open = undefined;
      release();
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
