import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings';
import type { Environment } from './parse-environment';
import { SettingsError } from './settings-error';

export const folder = mkdtempSync(join(tmpdir(), 'settings-'));

export const aKey = () => randomBytes(32).toString('base64url');
export const jwks = (modulusLength: number, kids: readonly string[], member: object = {}) => {
  const jwk = generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' });
  return JSON.stringify({ keys: kids.map((kid) => ({ ...jwk, kid, ...member })) });
};
export const file = (name: string, content: string | Buffer = 'pem') => {
  writeFileSync(join(folder, name), content);
  return join(folder, name);
};

export const DEVELOPMENT: Environment = { DATA_DIR: folder };
export const PRODUCTION: Environment = {
  NODE_ENV: 'production',
  DATA_DIR: folder,
  DATABASE_URL: 'postgres://rekey:pw@db.internal/rekey',
  PUBLIC_URL: 'https://accounts.example.org/',
  TOKEN_SIGNING_KEYS: jwks(2048, ['2026-11']),
  PASSWORD_PEPPERS: `2:${aKey()},1:${aKey()}`,
  CODE_KEY: aKey(),
  SMTP_URL: 'smtps://mail.internal',
  MAIL_FROM: 'Accounts <accounts@example.org>',
};

export const failureOf = (env: Environment): SettingsError => {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('The settings were accepted.');
};

export const pepper = aKey();
