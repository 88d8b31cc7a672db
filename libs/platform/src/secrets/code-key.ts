import { createCipheriv, createDecipheriv, createHmac, hkdfSync, randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '../config/settings';

const NONCE_BYTES = 12;
const TAG_BYTES = 16;

/** Keys derived from `CODE_KEY`, one a purpose (HKDF, RFC 5869): what one purpose shows is worth nothing to another. */
@Injectable()
export class SecretKeys {
  constructor(private readonly settings: Settings) {}

  /** HMAC-SHA-256 (32 bytes) over the parts as a list: `('a', 'bc')` differs from `('ab', 'c')`. */
  hmac(purpose: string, ...parts: string[]): Buffer {
    const hmac = createHmac('sha256', this.subKey(`hmac:${purpose}`));
    for (const part of parts) hmac.update(lengthOf(part)).update(part);
    return hmac.digest();
  }

  /** AES-256-GCM: nonce, tag, cipher text. Only `open` with the same associated data reads it. */
  seal(text: string, associatedData: string): Buffer {
    const nonce = randomBytes(NONCE_BYTES);
    const cipher = createCipheriv('aes-256-gcm', this.subKey('seal'), nonce, { authTagLength: TAG_BYTES });
    cipher.setAAD(Buffer.from(associatedData));
    const sealed = Buffer.concat([cipher.update(text), cipher.final()]);
    return Buffer.concat([nonce, cipher.getAuthTag(), sealed]);
  }

  /** Throws a plain Error if a byte, the key or the associated data differs. */
  open(sealed: Buffer, associatedData: string): string {
    const nonce = sealed.subarray(0, NONCE_BYTES);
    const decipher = createDecipheriv('aes-256-gcm', this.subKey('seal'), nonce, { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(associatedData));
    decipher.setAuthTag(sealed.subarray(NONCE_BYTES, NONCE_BYTES + TAG_BYTES));
    const text = decipher.update(sealed.subarray(NONCE_BYTES + TAG_BYTES));
    return Buffer.concat([text, decipher.final()]).toString('utf8');
  }

  private subKey(purpose: string): Buffer {
    return Buffer.from(hkdfSync('sha256', this.settings.codeKey, '', purpose, 32));
  }
}

function lengthOf(part: string): Buffer {
  const length = Buffer.alloc(4);
  length.writeUInt32BE(Buffer.byteLength(part));
  return length;
}
