import type { SMTPPoolOptions } from 'nodemailer/lib/smtp-pool';

const TIMEOUT_MS = 10_000;
const LOOPBACK = /^(localhost|127(\.\d{1,3}){3}|::1)$/i;

/**
 * A pool for `smtp[s]://[user:password@]host[:port]`. A certificate that does not verify ends the attempt.
 * `smtp://` uses TLS when the server offers it; in production it demands TLS unless the server is on this machine.
 */
export function smtpOptions(smtpUrl: string, isProduction: boolean): SMTPPoolOptions & { pool: true } {
  const url = new URL(smtpUrl);
  const host = url.hostname.replace(/^\[|\]$/g, '');
  return {
    pool: true,
    // As many as are delivered at once: one that hangs keeps none from its connection.
    maxConnections: 20,
    // The outbox retries, with back-off and a limit; a second retry loop below it would hide failures from it.
    maxRequeues: 0,
    host,
    ...(url.port && { port: Number(url.port) }),
    ...(url.username && { auth: { user: decodeURIComponent(url.username), pass: decodeURIComponent(url.password) } }),
    secure: url.protocol === 'smtps:',
    requireTLS: isProduction && !LOOPBACK.test(host),
    tls: { rejectUnauthorized: true, minVersion: 'TLSv1.2' },
    dnsTimeout: TIMEOUT_MS,
    connectionTimeout: TIMEOUT_MS,
    greetingTimeout: TIMEOUT_MS,
    socketTimeout: TIMEOUT_MS,
  };
}
