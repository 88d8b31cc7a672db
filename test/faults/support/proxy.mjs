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
