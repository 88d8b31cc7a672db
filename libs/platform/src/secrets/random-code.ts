import { hash, randomBytes, randomInt, timingSafeEqual } from 'node:crypto';

/** Six decimal digits, each of the 1,000,000 codes equally likely; a text, since leading zeros count. */
export function randomCode(): string {
  return randomInt(1_000_000).toString().padStart(6, '0');
}

/** A base64url text of so many random bytes. */
export function randomToken(bytes = 32): string {
  return randomBytes(bytes).toString('base64url');
}

/** SHA-256. Only for what is too random to be guessed, as `randomToken` is; a code needs `SecretKeys.hmac`. */
export function digest(token: string): Buffer {
  return hash('sha256', token, 'buffer');
}

/** Compares digests in constant time; digests of different lengths are not equal. */
export function equalBytes(a: Buffer, b: Buffer): boolean {
  return a.length === b.length && timingSafeEqual(a, b);
}
