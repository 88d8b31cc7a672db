import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

const NAMED_RANGES: Partial<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1'],
  linklocal: ['169.254.0.0/16', 'fe80::/10'],
  uniquelocal: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

/** Whose forwarding headers count: the one meaning of `TRUSTED_PROXIES`, for Fastify's `request.ip` too. */
export class TrustedProxies {
  private readonly ranges = new BlockList();

  constructor(proxies: readonly string[]) {
    for (const range of proxies.flatMap((proxy) => NAMED_RANGES[proxy] ?? [proxy])) this.add(range);
  }

  /** False for what is no address: a forwarded one is whatever its sender wrote. */
  readonly includes = (address: string | undefined): boolean =>
    address !== undefined && this.ranges.check(address, familyOf(address));

  /** True when the other end of the connection is a trusted proxy. */
  sent(request: IncomingMessage): boolean {
    return this.includes(request.socket.remoteAddress);
  }

  private add(range: string): void {
    const [address = '', prefix] = range.split('/');
    if (prefix === undefined) this.ranges.addAddress(address, familyOf(address));
    else this.ranges.addSubnet(address, Number(prefix), familyOf(address));
  }
}

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4';
}
