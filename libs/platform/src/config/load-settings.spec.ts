import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadSettings } from './load-settings';
import type { Environment } from './parse-environment';
import { Settings } from './settings';
import { SettingsError } from './settings-error';

const folder = mkdtempSync(join(tmpdir(), 'settings-'));
afterAll(() => rmSync(folder, { recursive: true }));

const aKey = () => randomBytes(32).toString('base64url');
const jwks = (modulusLength: number, kids: readonly string[], member: object = {}) => {
  const jwk = generateKeyPairSync('rsa', { modulusLength }).privateKey.export({ format: 'jwk' });
  return JSON.stringify({ keys: kids.map((kid) => ({ ...jwk, kid, ...member })) });
};
const file = (name: string) => {
  writeFileSync(join(folder, name), 'pem');
  return join(folder, name);
};

const DEVELOPMENT: Environment = { DATA_DIR: folder };
const PRODUCTION: Environment = {
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

const failureOf = (env: Environment): SettingsError => {
  try {
    loadSettings(env);
  } catch (error) {
    if (error instanceof SettingsError) return error;
    throw error;
  }
  throw new Error('The settings were accepted.');
};

/** Setting, why it is bad, its bad value. */
type BadSetting = readonly [name: string, why: string, value: string];
const phrase = (text: string) => Buffer.from(text).toString('base64url');
const pepper = aKey();

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
  ['INTERNAL_URL', 'with a password', 'https://:pw-9f@internal'],
  ['INTERNAL_URL', 'with a user name', 'https://name-9f@internal'],
  ['CORS_ORIGINS', 'any origin', '*'],
  ['CORS_ORIGINS', 'with a path', 'https://app.example.org/bad-9f'],
  ['TRUSTED_PROXIES', 'everybody', '0.0.0.0/0'],
  ['TRUSTED_PROXIES', 'a number of hops', '991'],
  ['TRUSTED_PROXIES', 'prefix too long', '10.0.0.0/33'],
  ['TLS_CERT_FILE', 'missing file', '/nowhere/cert-9f.pem'],
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
  ['HOST', 'off loopback without TLS or a proxy', '0.0.0.0'],
  ['INTERNAL_HOST', 'off loopback without TLS or a proxy', '10.20.30.40'],
  ['BCRYPT_COST', 'below 10', '9'],
  ['ACCOUNT_FAILURES', 'more guesses than NIST allows', '101'],
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

describe('a good environment', () => {
  it('gives development its documented defaults', () => {
    const { signingKeys, passwordPeppers, codeKey, ...settings } = loadSettings({ DATA_DIR: folder, PORT: '' });
    expect(settings).toEqual({
      nodeEnv: 'development',
      isProduction: false,
      logLevel: 'info',
      worker: 'inline',
      host: '127.0.0.1',
      port: 3000,
      internalHost: '127.0.0.1',
      internalPort: 3001,
      tls: undefined,
      trustedProxies: [],
      corsOrigins: 'localhost',
      explorer: true,
      publicUrl: 'http://localhost:3000',
      internalUrl: 'http://localhost:3001',
      changePasswordUrl: 'http://localhost:3000/password-reset',
      databaseUrl: undefined,
      dataDir: folder,
      migrateAtStart: true,
      smtpUrl: undefined,
      mailFrom: 'Rekey <no-reply@localhost>',
      bootstrap: {
        serviceClient: { id: 'dev', secret: 'dev-secret-change-me-0000000000000000' },
        applicationId: 'nTo1eRIub60vPb54WeE6aojPwYwImtl4',
        account: {
          email: 'ada@example.com',
          password: 'Correct-Horse-Battery-9',
          apiKey: 'dev-api-key-0000000000000000000000',
        },
      },
      bcryptCost: 12,
      accessTokenSeconds: 600,
      sessionIdleSeconds: 1_209_600,
      sessionMaxSeconds: 2_592_000,
      refreshGraceSeconds: 10,
      stepUpMaxAgeSeconds: 900,
      codeSeconds: 600,
      codeTries: 5,
      codeResendSeconds: 60,
      undoDays: 7,
      passwordMinLength: 15,
      passwordMaxAgeDays: 0,
      passwordHistory: 0,
      accountFailures: 10,
      sourceFailures: 100,
      sourceRequestsPerMinute: 600,
      mailsPerAddressPerHour: 10,
    });
    expect([signingKeys.length, passwordPeppers.length, codeKey.length]).toEqual([1, 1, 32]);
  });

  it('[S-30] gives production no first credentials, no foreign origin and no migration at start', () => {
    const settings = loadSettings(PRODUCTION);
    expect(settings).toBeInstanceOf(Settings);
    expect(settings).toMatchObject({ isProduction: true, corsOrigins: [], migrateAtStart: false });
    expect(settings.bootstrap).toEqual({});
    expect(settings.passwordPeppers.map(({ version }) => version)).toEqual([2, 1]);
    expect(settings.signingKeys[0]?.kid).toBe('2026-11');
  });

  it('lets production have first credentials of its own', () => {
    const secret = aKey();
    const { bootstrap } = loadSettings({
      ...PRODUCTION,
      BOOTSTRAP_SERVICE_CLIENT: `ops:${secret}`,
      BOOTSTRAP_APPLICATION: 'app-1',
      BOOTSTRAP_ACCOUNT: 'ops@example.org:fifteen:colons!',
    });
    expect(bootstrap).toEqual({
      serviceClient: { id: 'ops', secret },
      applicationId: 'app-1',
      account: { email: 'ops@example.org', password: 'fifteen:colons!' },
    });
  });

  it('takes keys from the environment before generated ones', () => {
    const settings = loadSettings({ ...DEVELOPMENT, CODE_KEY: pepper });
    expect(settings.codeKey).toEqual(Buffer.from(pepper, 'base64url'));
    expect(loadSettings(DEVELOPMENT).codeKey).not.toEqual(settings.codeKey);
  });

  it('makes no keys file when the environment has all keys', () => {
    const empty = mkdtempSync(join(folder, 'given-'));
    loadSettings({ ...PRODUCTION, NODE_ENV: 'test', DATA_DIR: empty });
    expect(readdirSync(empty)).toEqual([]);
  });

  it('allows any free port and a cheap hash in tests', () => {
    const env = { ...DEVELOPMENT, NODE_ENV: 'test', PORT: '0', INTERNAL_PORT: '0', BCRYPT_COST: '4' };
    expect(loadSettings(env)).toMatchObject({ port: 0, internalPort: 0, bcryptCost: 4, corsOrigins: 'localhost' });
  });

  it.each([
    ['MIGRATE=on', { MIGRATE: 'on' }, { migrateAtStart: true }],
    ['a proxy', { HOST: '0.0.0.0', TRUSTED_PROXIES: '10.0.0.0/8, fc00::/7,loopback' }, { host: '0.0.0.0' }],
    ['an IPv6 loopback listener', { HOST: '::1', INTERNAL_HOST: 'localhost' }, { host: '::1' }],
    ['origins', { CORS_ORIGINS: 'https://a.example.org, https://b.example.org:8443' }, { explorer: true }],
  ])('accepts %s in production', (_what, env, expected) => {
    expect(loadSettings({ ...PRODUCTION, ...env })).toMatchObject(expected);
  });

  it('accepts a listener off loopback that serves TLS in production', () => {
    const tls = { certFile: file('cert.pem'), keyFile: file('key.pem') };
    const env = { ...PRODUCTION, HOST: '::', TLS_CERT_FILE: tls.certFile, TLS_KEY_FILE: tls.keyFile };
    expect(loadSettings(env).tls).toEqual(tls);
  });

  it('builds links from a public URL without its trailing slash', () => {
    expect(loadSettings({ ...PRODUCTION, CHANGE_PASSWORD_URL: 'https://www.example.org/#/password' })).toMatchObject({
      publicUrl: 'https://accounts.example.org',
      internalUrl: 'http://localhost:3001',
      changePasswordUrl: 'https://www.example.org/#/password',
    });
    expect(loadSettings(PRODUCTION).changePasswordUrl).toBe('https://accounts.example.org/password-reset');
  });
});
