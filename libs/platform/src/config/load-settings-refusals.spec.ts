import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from './load-settings';
import { type SettingsError } from './settings-error';
import { folder, aKey, jwks, file, DEVELOPMENT, PRODUCTION, failureOf, pepper } from './settings-examples';

afterAll(() => rmSync(folder, { recursive: true }));

/** Setting, why it is bad, its bad value. */
type BadSetting = readonly [name: string, why: string, value: string];
const phrase = (text: string) => Buffer.from(text).toString('base64url');

const BAD_ANYWHERE: readonly BadSetting[] = [
  ['NODE_ENV', 'unknown word', 'staging-9f'],
  ['LOG_LEVEL', 'unknown word', 'chatty-9f'],
  ['WORKER', 'unknown word', 'sidecar-9f'],
  ['EXPLORER', 'neither on nor off', 'maybe-9f'],
  ['HOST', 'no host name', 'http://bad-9f'],
  ['PORT', 'not a number', 'http-9f'],
  ['PORT', 'out of range', '65536'],
  ['INTERNAL_PORT', 'not whole', '3001.75'],
  ['BCRYPT_COST', 'below 4', '3'],
  ['ACCESS_TOKEN_SECONDS', 'negative', '-77'],
  ['SESSION_IDLE_SECONDS', 'in another notation', '1e17'],
  ['CODE_TRIES', 'above 100', '4242'],
  ['PASSWORD_MIN_LENGTH', 'below the floor of 8', '7'],
  ['DATABASE_URL', 'of another database', 'mysql://u:pw-9f@db/x'],
  ['PUBLIC_URL', 'not a URL', 'accounts-9f'],
  ['PUBLIC_URL', 'with a query', 'https://accounts.example.org/?bad-9f'],
  ['PUBLIC_URL', 'with a path', 'https://example.org/accounts-9f'],
  ['INTERNAL_URL', 'with a password', 'https://:pw-9f@internal'],
  ['INTERNAL_URL', 'with a user name', 'https://name-9f@internal'],
  ['CORS_ORIGINS', 'any origin', '*'],
  ['CORS_ORIGINS', 'with a path', 'https://app.example.org/bad-9f'],
  ['CORS_ORIGINS', 'a slash at its end', 'https://app-9f.example.org/'],
  ['CORS_ORIGINS', 'in other case', 'https://App-9f.example.org'],
  ['CORS_ORIGINS', 'with the port that is meant anyway', 'https://app-9f.example.org:443'],
  ['CORS_ORIGINS', 'the origin of no page', 'null'],
  ['TRUSTED_PROXIES', 'everybody', '0.0.0.0/0'],
  ['TRUSTED_PROXIES', 'a number of hops', '991'],
  ['TRUSTED_PROXIES', 'prefix too long', '10.0.0.0/33'],
  ['TLS_CERT_FILE', 'missing file', '/nowhere/cert-9f.pem'],
  ['BREACH_LOOKUP_URL', 'of another path', 'https://breaches.example.org/9f/'],
  ['BREACH_LOOKUP_URL', 'with a query', 'https://breaches.example.org/range/?key=9f'],
  ['BREACH_LOOKUP_URL', 'with a query that looks like the path', 'https://breaches.example.org/?9f/range/'],
  ['PASSWORD_BLOCKLIST_FILE', 'missing file', '/nowhere/list-9f.txt'],
  ['PASSWORD_BLOCKLIST_FILE', 'no file', folder],
  ['PASSWORD_BLOCKLIST_FILE', 'empty file', file('empty-9f.txt', '')],
  ['PASSWORD_BLOCKLIST_FILE', 'blank lines alone', file('blank-9f.txt', '\r\n\n')],
  ['PASSWORD_BLOCKLIST_FILE', 'not UTF-8', file('latin-9f.txt', Buffer.from('mot de passé-9f', 'latin1'))],
  ['PASSWORD_BLOCKLIST_FILE', 'over a million', file('long-9f.txt', '9f\n'.repeat(1_000_001))],
  ['SMTP_URL', 'of another protocol', 'https://user:pw-9f@mail'],
  ['MAIL_FROM', 'two lines', 'a@example.org\r\nBcc: bad-9f@example.org'],
  ['BOOTSTRAP_SERVICE_CLIENT', 'without a secret', 'only-an-id-9f'],
  ['BOOTSTRAP_APPLICATION', 'with a space', 'two words-9f'],
  ['BOOTSTRAP_ACCOUNT', 'without a password', 'only-9f@example.org'],
  ['CODE_KEY', 'too short', phrase('8 bytes!')],
  ['CODE_KEY', 'no base64url', `${'a/'.repeat(30)}==`],
  ['PASSWORD_PEPPERS', 'without a version', aKey()],
  ['PASSWORD_PEPPERS', 'same version twice', `1:${pepper},1:${aKey()}`],
  ['PASSWORD_PEPPERS', 'second key too short', `2:${pepper},1:${phrase('8 bytes!')}`],
  ['TOKEN_SIGNING_KEYS', 'not JSON', 'changeme-9f'],
  ['TOKEN_SIGNING_KEYS', 'empty set', '{"keys":[]}'],
  ['TOKEN_SIGNING_KEYS', 'RSA of 1024 bits', jwks(1024, ['a'])],
  ['TOKEN_SIGNING_KEYS', 'same kid twice', jwks(2048, ['a', 'a'])],
  ['TOKEN_SIGNING_KEYS', 'public key', jwks(2048, ['a'], { d: undefined })],
  ['TOKEN_SIGNING_KEYS', 'key of another algorithm', jwks(2048, ['a'], { alg: 'PS256' })],
];

const BAD_IN_PRODUCTION: readonly BadSetting[] = [
  ['PUBLIC_URL', 'plain http', 'http://accounts.example.org'],
  ['CHANGE_PASSWORD_URL', 'plain http', 'http://www.example.org/password'],
  ['BREACH_LOOKUP_URL', 'plain http', 'http://breaches-8e.example.org/range/'],
  ['HOST', 'off loopback without TLS or a proxy', '0.0.0.0'],
  ['INTERNAL_HOST', 'off loopback without TLS or a proxy', '10.20.30.40'],
  ['BCRYPT_COST', 'below 10', '9'],
  ['ACCOUNT_FAILURES', 'as many guesses as NIST allows at all', '100'],
  ['CODE_KEY', 'all bytes equal', Buffer.alloc(32, 7).toString('base64url')],
  ['CODE_KEY', 'short pattern', phrase('0123456789abcdef'.repeat(2))],
  ['CODE_KEY', 'words of an example', phrase('please-ChangeMe-before-you-ship-this-thing')],
  ['PASSWORD_PEPPERS', 'words of an example', `1:${phrase('a-long-test-value-that-nobody-replaced')}`],
  ['PASSWORD_PEPPERS', 'same key in two versions', `2:${pepper},1:${pepper}`],
  ['BOOTSTRAP_SERVICE_CLIENT', 'development value', 'dev:dev-secret-change-me-0000000000000000'],
  ['BOOTSTRAP_SERVICE_CLIENT', 'short secret', 'ops:Zk3-9fQm7Wv2Lx8Rb5Tn1Yc4Hd6'],
  ['BOOTSTRAP_APPLICATION', 'development value', 'nTo1eRIub60vPb54WeE6aojPwYwImtl4'],
  ['BOOTSTRAP_ACCOUNT', 'development value', 'ada@example.com:Correct-Horse-Battery-9'],
  ['BOOTSTRAP_ACCOUNT', 'password below the minimum', 'ops@example.org:14-characters-'],
];

const expectOnlyNamed = (error: SettingsError, [name, , value]: BadSetting) => {
  expect(error.problems.map((problem) => problem.name)).toEqual([name]);
  expect(error.message).toContain(`- ${name}: `);
  expect(error.message).not.toContain(value);
  expect(error.message).not.toContain('9f');
};

describe('a bad environment', () => {
  it.each(BAD_ANYWHERE)('[S-136] [S-86] %s (%s) is refused by name and never by value', (...bad) => {
    expectOnlyNamed(failureOf({ ...DEVELOPMENT, [bad[0]]: bad[2] }), bad);
  });

  it.each(BAD_IN_PRODUCTION)('[S-136] [S-30] %s (%s) is refused in production only', (...bad) => {
    expectOnlyNamed(failureOf({ ...PRODUCTION, [bad[0]]: bad[2] }), bad);
    expect(() => loadSettings({ ...PRODUCTION, NODE_ENV: 'test', [bad[0]]: bad[2] })).not.toThrow();
  });

  it('[S-136] [S-30] a production without any other setting names each one that it needs', () => {
    const { problems } = failureOf({ NODE_ENV: 'production' });
    expect(problems.map(({ name }) => name)).toEqual([
      'DATABASE_URL',
      'PUBLIC_URL',
      'TOKEN_SIGNING_KEYS',
      'PASSWORD_PEPPERS',
      'CODE_KEY',
      'SMTP_URL',
      'MAIL_FROM',
    ]);
  });

  it('[S-136] wrong values and broken rules are reported together, once each', () => {
    const wrong = { PORT: 'x', TLS_CERT_FILE: '/nowhere', TLS_KEY_FILE: file('lone.pem'), CODE_KEY: '' };
    const { problems } = failureOf({ ...PRODUCTION, ...wrong, HOST: '::', PUBLIC_URL: 'http://a' });
    const names = ['PORT', 'TLS_CERT_FILE', 'CODE_KEY', 'HOST', 'PUBLIC_URL'];
    expect(problems.map(({ name }) => name)).toEqual(names);
  });

  it('[S-86] CODE_KEY that equals a pepper is refused', () => {
    const bad: BadSetting = ['CODE_KEY', '', pepper];
    expectOnlyNamed(failureOf({ ...PRODUCTION, CODE_KEY: pepper, PASSWORD_PEPPERS: `1:${pepper}` }), bad);
  });

  it('[S-136] WORKER=off without DATABASE_URL is refused', () => {
    expect(failureOf({ ...DEVELOPMENT, WORKER: 'off' }).problems).toMatchObject([{ name: 'WORKER' }]);
    const env = { ...DEVELOPMENT, WORKER: 'off', DATABASE_URL: 'postgres:///rekey' };
    expect(loadSettings(env).worker).toBe('off');
  });

  it.each([
    ['TLS_CERT_FILE', 'TLS_KEY_FILE'],
    ['TLS_KEY_FILE', 'TLS_CERT_FILE'],
  ])('[S-136] %s without %s is refused', (given, missing) => {
    const { problems } = failureOf({ ...DEVELOPMENT, [given]: file('only.pem') });
    expect(problems).toMatchObject([{ name: missing, expected: `must be set together with ${given}` }]);
  });

  it('leaves no key behind', () => {
    const empty = mkdtempSync(join(folder, 'empty-'));
    failureOf({ DATA_DIR: empty, PORT: 'x' });
    expect(readdirSync(empty)).toEqual([]);
  });
});
