import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { loadSettings } from './load-settings';
import { Settings } from './settings';
import { folder, aKey, file, DEVELOPMENT, PRODUCTION, pepper } from './settings-examples';

afterAll(() => rmSync(folder, { recursive: true }));

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
      passwordBlocklist: undefined,
      breachLookupUrl: undefined,
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

  it('[S-7] takes the list of the operator and the address of a look-up of breached passwords', () => {
    const list = file('blocked.txt', 'acme rocket skates\n');
    const range = 'https://breaches.example.org/range/';
    const settings = loadSettings({ ...PRODUCTION, PASSWORD_BLOCKLIST_FILE: list, BREACH_LOOKUP_URL: range });
    expect(settings.passwordBlocklist?.has('acme rocket skates')).toBe(true);
    expect(settings.breachLookupUrl).toBe(range);
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
