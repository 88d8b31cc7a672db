import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createDataSource } from '../../libs/platform/src/database/data-source';
import { type Certificate, newCertificate } from '../support/certificate';

/** PostgreSQL's SSLRequest: all that may pass before the server has shown who it is. */
const ASKS_FOR_TLS = '0000000804d2162f';

describe('a connection to PostgreSQL with sslmode=verify-full', () => {
  let ours: Certificate;
  let another: Certificate;

  beforeAll(() => {
    ours = newCertificate('localhost');
    another = newCertificate('another.example');
  });
  afterAll(() => [ours, another].forEach((certificate) => certificate.remove()));

  /** What a server that shows `shown` is told before and after that, and why the connection ended. */
  async function connect(shown: Certificate | null, trusted: Certificate) {
    const heard = { inClear: '', inside: '' };
    const server = createServer((socket) => {
      socket.on('error', () => undefined);
      socket.once('data', (bytes: Buffer) => {
        heard.inClear = bytes.toString('hex');
        socket.write(shown ? 'S' : 'N');
        if (!shown) return socket.resume();
        const [cert, key] = [readFileSync(shown.certFile), readFileSync(shown.keyFile)];
        const inside = new TLSSocket(socket, { isServer: true, cert, key }).on('error', () => undefined);
        inside.once('data', (more: Buffer) => {
          heard.inside = more.toString('latin1');
          socket.destroy();
        });
      });
    }).listen(0, 'localhost');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const query = new URLSearchParams({ sslmode: 'verify-full', sslrootcert: trusted.certFile });
    const url = `postgres://someone@localhost:${port}/rekey?${query.toString()}`;
    const ended: unknown = await createDataSource({ url, entities: [] }).catch((error: unknown) => error);
    await new Promise((resolve) => server.close(resolve));
    return { ...heard, why: String(ended) };
  }

  it.each([
    ['that speaks no TLS', () => null, () => ours, /does not support SSL/],
    ['whose certificate nobody vouches for', () => ours, () => another, /self-signed certificate/],
    ['that is another one', () => another, () => another, /does not match certificate/],
  ])('[S-140] tells nothing to a server %s', async (_what, shown, trusted, why) => {
    const ended = await connect(shown(), trusted());
    expect(ended.why).toMatch(/^DatabaseUnreachable: /);
    expect(ended.why).toMatch(why);
    expect([ended.inClear, ended.inside]).toEqual([ASKS_FOR_TLS, '']);
  });

  it('[S-140] introduces itself inside of TLS to the right one', async () => {
    const ended = await connect(ours, ours);
    expect(ended.inClear).toEqual(ASKS_FOR_TLS);
    expect(ended.inside).toContain('someone');
  });
});
