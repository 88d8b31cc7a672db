const MAX_CODE_POINTS = 200;
/** Control, format (bidi, zero-width), unassigned, private and lone surrogate characters, line and paragraph ends. */
const UNPRINTABLE = /[\p{C}\p{Zl}\p{Zp}]+/gu;

/** One printable line of at most 200 code points, so that what a caller sent can't add a line, header or block. */
export function plainText(value: unknown): string {
  return [...String(value).replace(UNPRINTABLE, ' ').trim()].slice(0, MAX_CODE_POINTS).join('');
}

/** `ada@example.com` as `a***@example.com`: enough for its owner to know it, not enough to write to it. */
export function maskAddress(address: string, { withDomain }: { withDomain: boolean }): string {
  const at = address.lastIndexOf('@');
  return `${at > 2 ? address[0] : ''}***${withDomain ? address.slice(at) : ''}`;
}

/** `2026-11-21 23:05 UTC` from RFC 3339. */
export function utcTime(timestamp: string): string {
  return `${new Date(timestamp).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}
