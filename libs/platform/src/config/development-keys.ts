import { createHash, generateKeyPairSync, randomBytes, type JsonWebKey } from 'node:crypto';
import { existsSync, linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { codeKey, passwordPeppers, signingKeys } from './secret-values';
import { SettingsError } from './settings-error';

// The file holds the texts that the environment would, so a value can be moved from one to the other.
const keysFile = z.object({ TOKEN_SIGNING_KEYS: signingKeys, PASSWORD_PEPPERS: passwordPeppers, CODE_KEY: codeKey });

export type DevelopmentKeys = z.output<typeof keysFile>;

/**
 * The keys of a development server, made on first use and kept in `<dataDir>/keys.json` (0600), so that tokens
 * and passwords outlive a restart. Processes that start together agree on one file. Throws `SettingsError`.
 */
export function developmentKeys(dataDir: string): DevelopmentKeys {
  const file = join(dataDir, 'keys.json');
  if (!existsSync(file)) keepNewKeys(dataDir, file);
  return readKeys(file);
}

function keepNewKeys(dataDir: string, file: string): void {
  try {
    mkdirSync(dataDir, { recursive: true, mode: 0o700 });
    keepFirst(file, JSON.stringify(newKeys(), null, 2));
  } catch (error) {
    const expected = `must be a folder in which the development keys can be kept (${errorCode(error)})`;
    throw new SettingsError([{ name: 'DATA_DIR', expected }]);
  }
}

/** Writes `text` unless there is a file already. Nobody ever sees half of it: a link appears with its whole content. */
export function keepFirst(file: string, text: string): void {
  const draft = `${file}.${randomBytes(8).toString('hex')}`;
  try {
    writeFileSync(draft, text, { mode: 0o600, flag: 'wx' });
    linkSync(draft, file);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  } finally {
    rmSync(draft, { force: true });
  }
}

function readKeys(file: string): DevelopmentKeys {
  try {
    return keysFile.parse(JSON.parse(readFileSync(file, 'utf8')));
  } catch {
    // The cause stays out: the parser's message quotes the file.
    const expected = 'holds a keys.json that is broken or cannot be read: restore it, or delete it to get new keys';
    throw new SettingsError([{ name: 'DATA_DIR', expected }]);
  }
}

function newKeys(): Record<keyof DevelopmentKeys, string> {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const jwk = privateKey.export({ format: 'jwk' });
  const signingKey = { ...jwk, kid: thumbprint(jwk), alg: 'RS256', use: 'sig' };
  return {
    TOKEN_SIGNING_KEYS: JSON.stringify({ keys: [signingKey] }),
    PASSWORD_PEPPERS: `1:${randomBytes(32).toString('base64url')}`,
    CODE_KEY: randomBytes(32).toString('base64url'),
  };
}

/** RFC 7638. */
function thumbprint({ e, kty, n }: JsonWebKey): string {
  return createHash('sha256').update(JSON.stringify({ e, kty, n })).digest('base64url');
}

function errorCode(error: unknown): string {
  return typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'unknown error';
}
