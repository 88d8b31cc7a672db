import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

export interface Certificate {
  certFile: string;
  keyFile: string;
  remove(): void;
}

/** For one host, signed by itself. */
export function newCertificate(host: string): Certificate {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-certificate-'));
  const [certFile, keyFile] = [join(folder, 'cert.pem'), join(folder, 'key.pem')];
  const itsKey = ['-newkey', 'rsa:2048', '-nodes', '-keyout', keyFile];
  const itsName = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  execFileSync('/usr/bin/openssl', ['req', '-x509', ...itsKey, ...itsName, '-days', '2', '-out', certFile], {
    stdio: 'pipe',
  });
  return { certFile, keyFile, remove: () => rmSync(folder, { recursive: true }) };
}
