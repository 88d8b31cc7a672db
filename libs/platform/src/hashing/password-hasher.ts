import { createHmac } from 'node:crypto';
import { DomainError } from '@app/contracts';
import { Injectable } from '@nestjs/common';
import { compare, hash } from 'bcrypt';
import type { PasswordPepper } from '../config/secret-values';
import { Settings } from '../config/settings';
import { HashingPool } from './hashing-pool';
import { hashablePassword } from './password-text';

const BCRYPT = /^\$2[aby]\$(?:0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}$/;
const STORED = /^(?:raw|p(?<version>\d{1,9})):(?<bcryptHash>.*)$/;

/** Whether an imported hash is bcrypt `$2a$`, `$2b$` or `$2y$` of cost 4 to 15, whole. It is stored as `raw:<hash>`. */
export function isSupportedHash(text: string): boolean {
  return BCRYPT.test(text);
}

/** A stored hash taken apart. */
interface StoredHash {
  /** Undefined: imported, over the password itself. */
  version: string | undefined;
  /** `$2b$…` */
  bcryptHash: string;
}

/**
 * Stored forms: `p<pepper version>:<bcrypt>` over base64(HMAC-SHA-384(pepper, password)), which fits in the 72 bytes
 * that bcrypt reads, and `raw:<bcrypt>` over the password for imported hashes. Passwords are taken in NFC.
 * `hash` and `verify` throw DomainError `service.busy` when too many hashes are waiting.
 */
@Injectable()
export class PasswordHasher {
  private readonly pool = new HashingPool();

  constructor(private readonly settings: Settings) {}

  /** @throws DomainError `password.too-weak` for a text that `verify` could never accept. */
  async hash(password: string): Promise<string> {
    return this.pool.run(this.hashing(password));
  }

  /** The same for work that nobody waits for: it comes after everybody else, and is never refused as busy. */
  async hashWhenIdle(password: string): Promise<string> {
    return this.pool.runWhenIdle(this.hashing(password));
  }

  /**
   * The stored form of another system's hash, upgraded at the next sign-in. One that costs more than ours would tell by its
   * time whose address has an account. @throws DomainError `password-hash.unsupported`
   */
  imported(bcryptHash: string): string {
    if (!isSupportedHash(bcryptHash)) throw new DomainError('password-hash.unsupported');
    const [cost, ours] = [costOf(bcryptHash), this.settings.bcryptCost];
    if (cost <= ours) return `raw:${bcryptHash}`;
    const message = `Its cost is ${cost}, and BCRYPT_COST of this service is ${ours}. It must be at least as high.`;
    throw new DomainError('password-hash.unsupported', { fields: [{ field: 'passwordHash', code: 'cost', message }] });
  }

  /**
   * Never throws for what was typed or stored, and takes as long for an unknown account (null), a malformed hash, a
   * lower cost or a text that can be no password as for a wrong password.
   */
  async verify(password: string, stored: string | null): Promise<boolean> {
    const storedHash = readStored(stored);
    const text = hashablePassword(password);
    const input = storedHash && text !== null ? this.bcryptInput(text, storedHash) : null;
    const bcryptHash = storedHash?.bcryptHash ?? dummyHash(this.settings.bcryptCost);

    const matches = await this.pool.run(() => this.compareInFullTime(input ?? '', bcryptHash));
    return matches && input !== null;
  }

  /** Whether the next right password should be hashed anew: cost, pepper or form is not the current one. */
  needsRehash(stored: string): boolean {
    return !stored.startsWith(`p${this.currentPepper().version}:${bcryptPrefix(this.settings.bcryptCost)}`);
  }

  private hashing(password: string): () => Promise<string> {
    const text = hashablePassword(password);
    if (text === null) throw new DomainError('password.too-weak');
    const { version, key } = this.currentPepper();
    return async () => `p${version}:${await hash(peppered(text, key), this.settings.bcryptCost)}`;
  }

  private currentPepper(): PasswordPepper {
    const [current] = this.settings.passwordPeppers;
    if (!current) throw new Error('There is no password pepper.');
    return current;
  }

  private bcryptInput(text: string, { version }: StoredHash): string | null {
    if (version === undefined) return text;
    const pepper = this.settings.passwordPeppers.find((each) => each.version === Number(version));
    return pepper ? peppered(text, pepper.key) : null;
  }

  private async compareInFullTime(input: string, bcryptHash: string): Promise<boolean> {
    const matches = await compare(input, bcryptHash);
    // Each cost doubles the time: cost n, then n, n+1, … up to one below the current, add up to the current one.
    for (let cost = costOf(bcryptHash); cost < this.settings.bcryptCost; cost++) await compare('', dummyHash(cost));
    return matches;
  }
}

function readStored(stored: string | null): StoredHash | null {
  const { version, bcryptHash = '' } = STORED.exec(stored ?? '')?.groups ?? {};
  // All three are one algorithm, but bcrypt 6 says false to `$2y$` in no time, and under `$2a$` a password of 255 bytes
  // or more is cut to what its length leaves modulo 256.
  return isSupportedHash(bcryptHash) ? { version, bcryptHash: `$2b$${bcryptHash.slice(4)}` } : null;
}

function peppered(text: string, key: Buffer): string {
  return createHmac('sha384', key).update(text).digest('base64');
}

/** Well formed, so it costs what a real one costs; nobody's password. */
function dummyHash(cost: number): string {
  return bcryptPrefix(cost) + '.'.repeat(53);
}

function bcryptPrefix(cost: number): string {
  return `$2b$${String(cost).padStart(2, '0')}$`;
}

function costOf(bcryptHash: string): number {
  return Number(bcryptHash.slice(4, 6));
}
