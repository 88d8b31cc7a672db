import { randomBytes } from 'node:crypto';
import { createDatabase, onDatabase } from '../databases.mjs';
import { startServer } from '../processes.mjs';
import { actions } from './better-auth.client.mjs';

/** Better Auth with as many accounts and sessions, on the same PostgreSQL. */
export async function createBetterAuth(sizes, passwordHash) {
  const database = await createDatabase('better_auth');
  const server = await startServer('./parties/better-auth.server.mjs', {
    DATABASE_URL: database.url,
    SECRET: randomBytes(32).toString('hex'),
  });
  await onDatabase(
    database.url,
    [USERS, [sizes.accounts]],
    [PASSWORDS, [passwordHash]],
    [SESSIONS, [sizes.sessions]],
    'VACUUM ANALYZE',
  );
  return {
    name: 'better-auth',
    url: `http://127.0.0.1:${server.port}`,
    actions,
    readOf: ({ token }) => ({ path: '/api/auth/get-session', headers: { cookie: token } }),
    remove: async () => {
      await server.stop();
      await database.drop();
    },
  };
}

const USERS = `
  INSERT INTO "user" (id, name, email, "emailVerified", "createdAt", "updatedAt")
  SELECT 'user-' || n, 'Person ' || n, 'person-' || n || '@example.com', true, now(), now()
  FROM generate_series(0, $1 - 1) AS n`;

const PASSWORDS = `
  INSERT INTO account (id, "accountId", "providerId", "userId", password, "createdAt", "updatedAt")
  SELECT 'account-' || id, id, 'credential', id, $1, now(), now() FROM "user"`;

const SESSIONS = `
  INSERT INTO session (id, token, "userId", "expiresAt", "createdAt", "updatedAt")
  SELECT 'session-' || id, md5(random()::text), id, now() + interval '7 days', now(), now() FROM "user" LIMIT $1`;
