import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { TrustedProxies } from './trusted-proxies';

const PATTERN = /^[\w-]{8,64}$/;

/** The id under which a trusted proxy knows the request already, else one of our own. */
export function requestIdOf(request: IncomingMessage, proxies: TrustedProxies): string {
  const given = request.headers['x-request-id'];
  const isUsable = typeof given === 'string' && PATTERN.test(given) && proxies.sent(request);
  return isUsable ? given : randomUUID();
}
