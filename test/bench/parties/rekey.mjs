import { createPublicKey, generateKeyPairSync, randomBytes } from 'node:crypto';
import { createDatabase, onDatabase } from '../databases.mjs';
import { freePort, runDriver, startProgram, startServer } from '../processes.mjs';
import { BCRYPT_COST } from '../sizes.mjs';
import { actions } from './rekey.client.mjs';

export const ISSUER = 'https://rekey.example';
const CLIENT = { id: 'bench', secret: randomBytes(24).toString('hex') };
const BASIC = `Basic ${Buffer.from(`${CLIENT.id}:${CLIENT.secret}`).toString('base64')}`;
const FORM = 'application/x-www-form-urlencoded';

const SIGNING_KEY = {
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  ...{ kid: 'bench', alg: 'RS256', use: 'sig' },
};
export const PUBLIC_JWK = createPublicKey({ key: SIGNING_KEY, format: 'jwk' }).export({ format: 'jwk' });

/**
 * The built service as in production, mails and all, in one process. Two things differ: it may be asked without a limit
 * of requests by source, and its access tokens outlive the run.
 */
export async function createRekey() {
  const database = await createDatabase('rekey');
  const mailSink = await startServer('./parties/mail-sink.server.mjs');
  const [port, internalPort] = [await freePort(), await freePort()];
  const [url, internalUrl] = [port, internalPort].map((each) => `http://127.0.0.1:${each}`);
  const settings = {
    DATABASE_URL: database.url,
    MIGRATE: 'on',
    PORT: String(port),
    INTERNAL_PORT: String(internalPort),
    PUBLIC_URL: ISSUER,
    SMTP_URL: `smtp://127.0.0.1:${mailSink.port}`,
    MAIL_FROM: 'no-reply@rekey.example',
    TOKEN_SIGNING_KEYS: JSON.stringify({ keys: [SIGNING_KEY] }),
    PASSWORD_PEPPERS: `1:${randomBytes(32).toString('base64url')}`,
    CODE_KEY: randomBytes(32).toString('base64url'),
    BOOTSTRAP_SERVICE_CLIENT: `${CLIENT.id}:${CLIENT.secret}`,
    BCRYPT_COST: String(BCRYPT_COST),
    LOG_LEVEL: 'warn',
    SOURCE_FAILURES: '0',
    SOURCE_REQUESTS_PER_MINUTE: '0',
    ACCESS_TOKEN_SECONDS: '7200',
    // As `npm start` and the image set it.
    UV_THREADPOOL_SIZE: '16',
    NODE_OPTIONS: '--max-old-space-size=256 --max-semi-space-size=16',
  };
  const rekey = { name: 'rekey', url, internalUrl, actions, readOf, introspectionOf };
  return {
    ...rekey,
    databaseUrl: database.url,
    start: (others = {}) =>
      startProgram('../../dist/apps/api/src/main.js', { ...settings, ...others }, `${url}/health/ready`),
    importAccounts: (accounts, passwordHash) => importAccounts(internalUrl, accounts, passwordHash),
    openSessions: (sizes) => onDatabase(database.url, [SESSIONS, [sizes.sessions]], 'VACUUM ANALYZE'),
    remove: async () => {
      await mailSink.stop();
      await database.drop();
    },
  };
}

export const readOf = ({ token }) => ({ path: '/account/v1/me', headers: { authorization: `Bearer ${token}` } });

const introspectionOf = ({ token }) => ({
  method: 'POST',
  path: '/oauth2/introspect',
  headers: { authorization: BASIC, 'content-type': FORM },
  body: `token=${token}`,
});

async function importAccounts(url, accounts, passwordHash) {
  const headers = { authorization: BASIC, 'content-type': FORM };
  const answer = await fetch(`${url}/oauth2/token`, { method: 'POST', headers, body: 'grant_type=client_credentials' });
  const { access_token: token } = await answer.json();
  return runDriver('./drivers/import.mjs', { url, token, accounts, passwordHash });
}

const SESSIONS = `
  INSERT INTO session (id, account_id, credential_version, idle_expires_at, expires_at)
  SELECT gen_random_uuid(), id, credential_version, now() + interval '14 days', now() + interval '30 days'
  FROM account LIMIT $1`;
