import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import type { ConnectionOptions } from 'node:tls';
import { type Certificate, newCertificate } from '../support/certificate';
import { type Running, send, start } from './edge-server';

/** What lets this side speak the versions that are refused. */
const OLD = { minVersion: 'TLSv1', ciphers: 'DEFAULT@SECLEVEL=0' } as const;

describe.each(['publicPort', 'internalPort'] as const)('the listener of %s with a certificate', (port) => {
  let certificate: Certificate;
  let server: Running;

  beforeAll(async () => {
    certificate = newCertificate('localhost');
    server = await start({ isProduction: true, tls: certificate });
  });
  afterAll(async () => {
    await server.app.close();
    certificate.remove();
  });

  async function ask(versions: ConnectionOptions): Promise<IncomingMessage> {
    const ca = readFileSync(certificate.certFile);
    const asked = request({
      host: '127.0.0.1',
      servername: 'localhost',
      port: server[port],
      path: '/health/live',
      ca,
      ...versions,
    });
    asked.end();
    const [answer] = (await once(asked, 'response')) as [IncomingMessage];
    return answer.resume();
  }

  it.each(['TLSv1.2', 'TLSv1.3'] as const)('[S-140] answers over %s, and demands https for a year', async (version) => {
    const { statusCode, headers } = await ask({ minVersion: version, maxVersion: version });
    expect(statusCode).toBe(200);
    expect(headers['strict-transport-security']).toBe('max-age=31536000; includeSubDomains');
  });

  it.each(['TLSv1', 'TLSv1.1'] as const)('[S-140] refuses %s', async (version) => {
    await expect(ask({ ...OLD, maxVersion: version })).rejects.toThrow(/alert protocol version/);
  });

  it('[S-140] answers nothing over plain http', async () => {
    await expect(send(server[port], '/health/live')).rejects.toThrow(/socket hang up|ECONNRESET/);
  });
});
