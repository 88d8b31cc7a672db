import { hash } from 'node:crypto';
import { readFileSync } from 'node:fs';

const MAX_PASSWORDS = 1_000_000;

/** Passwords that are found in any case and either Unicode form. Kept as eight bytes of a digest each: a million are 8 MB. */
export class PasswordList {
  private readonly keys: BigUint64Array;

  constructor(passwords: readonly string[]) {
    this.keys = BigUint64Array.from(passwords, keyOf).sort();
  }

  has(password: string): boolean {
    const key = keyOf(password);
    let [from, to] = [0, this.keys.length];
    while (from < to) {
      const middle = (from + to) >>> 1;
      if ((this.keys[middle] as bigint) < key) from = middle + 1;
      else to = middle;
    }
    return this.keys[from] === key;
  }
}

/** Reads a UTF-8 text of one password a line; `null` for a file that is none, is empty or has more than a million. */
export function readPasswordList(path: string): PasswordList | null {
  const passwords = textOf(path)?.split(/\r?\n/).filter(Boolean) ?? [];
  return passwords.length > 0 && passwords.length <= MAX_PASSWORDS ? new PasswordList(passwords) : null;
}

function textOf(path: string): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch {
    return null;
  }
}

function keyOf(password: string): bigint {
  return hash('sha256', password.normalize('NFC').toLowerCase(), 'buffer').readBigUInt64BE();
}
