import { createPrivateKey } from 'node:crypto';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { developmentKeys, keepFirst } from './development-keys';
import { SettingsError } from './settings-error';

const folder = mkdtempSync(join(tmpdir(), 'development-keys-'));
afterAll(() => rmSync(folder, { recursive: true }));
const newFolder = () => mkdtempSync(join(folder, 'data-'));
const modeOf = (path: string) => statSync(path).mode & 0o777;

describe('developmentKeys', () => {
  it('makes usable keys in a folder and a file that are for their owner only', () => {
    const dataDir = join(folder, 'not', 'yet', 'there');
    const keys = developmentKeys(dataDir);
    const [signingKey] = keys.TOKEN_SIGNING_KEYS;
    const { asymmetricKeyDetails } = createPrivateKey({ key: signingKey ?? {}, format: 'jwk' });
    expect(asymmetricKeyDetails?.modulusLength).toBe(2048);
    expect(signingKey?.kid).toMatch(/^[\w-]{43}$/);
    expect(keys.PASSWORD_PEPPERS).toEqual([{ version: 1, key: expect.objectContaining({ length: 32 }) as Buffer }]);
    expect(keys.CODE_KEY).toHaveLength(32);
    expect([modeOf(dataDir), modeOf(join(dataDir, 'keys.json'))]).toEqual([0o700, 0o600]);
  });

  it('gives the same keys at the next start and leaves nothing else behind', () => {
    const dataDir = newFolder();
    expect(developmentKeys(dataDir)).toEqual(developmentKeys(dataDir));
    expect(readdirSync(dataDir)).toEqual(['keys.json']);
  });

  it('[S-30] gives every installation keys of its own', () => {
    const [one, other] = [developmentKeys(newFolder()), developmentKeys(newFolder())];
    expect(one.CODE_KEY).not.toEqual(other.CODE_KEY);
    expect(one.PASSWORD_PEPPERS).not.toEqual(other.PASSWORD_PEPPERS);
    expect(one.TOKEN_SIGNING_KEYS).not.toEqual(other.TOKEN_SIGNING_KEYS);
  });

  it.each([
    ['cut off', (text: string) => text.slice(0, 40)],
    ['empty', () => ''],
    ['without one of the keys', (text: string) => text.replace('CODE_KEY', 'CODE_KEY_')],
    ['with a short key', (text: string) => text.replace(/("CODE_KEY": ".{9}).*"/, '$1"')],
  ])('[S-136] refuses a keys file that is %s in one line without its content', (_what, damage) => {
    const dataDir = newFolder();
    developmentKeys(dataDir);
    const file = join(dataDir, 'keys.json');
    const damaged = damage(readFileSync(file, 'utf8'));
    writeFileSync(file, damaged);
    expect(() => developmentKeys(dataDir)).toThrow(
      new SettingsError([
        {
          name: 'DATA_DIR',
          expected: 'holds a keys.json that is broken or cannot be read: restore it, or delete it to get new keys',
        },
      ]),
    );
    expect(readFileSync(file, 'utf8')).toBe(damaged);
  });

  it('[S-136] refuses a folder that it cannot write to', () => {
    const notAFolder = join(newFolder(), 'file');
    writeFileSync(notAFolder, '');
    expect(() => developmentKeys(join(notAFolder, 'data'))).toThrow(
      new SettingsError([
        { name: 'DATA_DIR', expected: 'must be a folder in which the development keys can be kept (ENOTDIR)' },
      ]),
    );
  });
});

describe('keepFirst', () => {
  it('lets the process that comes second find the text of the first', () => {
    const file = join(newFolder(), 'keys.json');
    keepFirst(file, 'first');
    keepFirst(file, 'second');
    expect(readFileSync(file, 'utf8')).toBe('first');
  });
});
