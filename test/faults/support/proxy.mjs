import { once } from 'node:events';
import { connect, createServer } from 'node:net';

/**
 * A network between a service and its database. After `goSilent` nothing passes on any connection, old or new, and none is
 * closed; after `recover` new ones work again, the old ones never.
 */
export async function startProxy(port) {
  const network = { isSilent: false };
  const sockets = new Set();
  const server = createServer((client) => {
    const lane = { isDead: network.isSilent };
    const database = connect(port, '127.0.0.1');
    for (const [from, to] of [
      [client, database],
      [database, client],
    ]) {
      sockets.add(from);
      from.on('data', (bytes) => (lane.isDead || network.isSilent ? (lane.isDead = true) : to.write(bytes)));
      from.on('error', () => undefined).on('close', () => to.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: server.address().port,
    goSilent: () => (network.isSilent = true),
    recover: () => (network.isSilent = false),
    close: () => (server.close(), sockets.forEach((socket) => socket.destroy())),
  };
}

/** Stands before a service and lets no answer through but the first `share` of it. */
export async function startCutter(port, share) {
  const server = createServer((client) => {
    const service = connect(port, '127.0.0.1');
    client.on('error', () => undefined).pipe(service);
    service
      .on('error', () => undefined)
      .once('data', (answer) => {
        client.end(answer.subarray(0, answer.length * share));
        service.destroy();
      });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return { port: server.address().port, close: () => server.close() };
}
