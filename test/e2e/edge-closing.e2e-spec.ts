import { once } from 'node:events';
import { Agent } from 'node:http';
import { connect, type Socket } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { type Running, send, slowRoute, start } from './edge-server';

describe('closing the edge', () => {
  const stopListening = async ({ app }: Running) => {
    const { internalServer } = app.getHttpAdapter().getInstance();
    while (internalServer.listening) await nextTurn();
  };

  it('answers what is under way, ends its connection, and takes nothing more on either listener', async () => {
    const server = await start();
    const entered = once(slowRoute, 'entered');
    const slow = send(server.publicPort, '/account/v1/slow', { agent: new Agent({ keepAlive: true }) });
    await entered;

    const closed = server.app.close();
    await stopListening(server);
    slowRoute.emit('release');
    expect(await slow).toMatchObject({ status: 200, text: 'done', headers: { connection: 'close' } });
    await closed;
    await expect(send(server.publicPort, '/health/live')).rejects.toThrow('ECONNREFUSED');
    await expect(send(server.internalPort, '/health/live')).rejects.toThrow('ECONNREFUSED');
  });

  it('answers a request whose head was half sent', async () => {
    const server = await start();
    const accepted = once(server.app.getHttpServer(), 'connection') as Promise<[Socket]>;
    const client = connect(server.publicPort, '127.0.0.1').setEncoding('utf8');
    client.write('GET /health/live HTTP/1.1\r\n');
    const [socket] = await accepted;
    while (socket.bytesRead === 0) await nextTurn();

    const closed = server.app.close();
    await stopListening(server);
    client.write('Host: x\r\n\r\n');
    const [answer] = (await once(client, 'data')) as [string];
    expect(answer).toMatch(/^HTTP\/1\.1 200 /);
    await closed;
  });

  it('leaves no listener open when one cannot start', async () => {
    const first = await start();
    const { app, internalPort } = await start();
    await app.close();

    await expect(start({ port: first.publicPort, internalPort })).rejects.toThrow('EADDRINUSE');
    await expect(send(internalPort, '/health/live')).rejects.toThrow('ECONNREFUSED');
    await first.app.close();
  });
});
