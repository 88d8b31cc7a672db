import { isIPv6 } from 'node:net';

/** An IPv4 address in the form that a listener of both families sees. */
const MAPPED = /^::ffff:(?=[\d.]+$)/i;
const GROUPS = 8;

/**
 * Whose tries count together: those of an IPv4 address, or of the /64 of an IPv6 one. One line has all of that, so who
 * guesses could come from another address each time. All whose address is not known are one.
 */
export function networkOf(ip: string | null): string {
  if (ip === null) return 'none';
  // Without a zone, as in `fe80::1%eth0`.
  const [address = ip] = ip.replace(MAPPED, '').split('%');
  if (!isIPv6(address)) return address;
  // A URL has one spelling of it, without dots and leading zeros.
  const [before = [], after = []] = new URL(`http://[${address}]`).hostname
    .slice(1, -1)
    .split('::')
    .map((part) => part.split(':').filter(Boolean));
  const zeros = Array<string>(GROUPS - before.length - after.length).fill('0');
  return `${[...before, ...zeros, ...after].slice(0, GROUPS / 2).join(':')}::/64`;
}
