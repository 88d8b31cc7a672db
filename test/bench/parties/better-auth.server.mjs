// Better Auth as its documentation sets it up on PostgreSQL, with what the comparison needs: bcrypt of the same cost in
// place of its scrypt, and no limit of requests.
import { once } from 'node:events';
import { createServer } from 'node:http';
import bcrypt from 'bcrypt';
import { betterAuth } from 'better-auth';
import { getMigrations } from 'better-auth/db/migration';
import { toNodeHandler } from 'better-auth/node';
import pg from 'pg';
import { BCRYPT_COST } from '../sizes.mjs';

const server = createServer().listen(0, '127.0.0.1');
await once(server, 'listening');
const { port } = server.address();

const options = {
  baseURL: `http://127.0.0.1:${port}`,
  secret: process.env.SECRET,
  database: new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 }),
  emailAndPassword: {
    enabled: true,
    password: {
      hash: (password) => bcrypt.hash(password, BCRYPT_COST),
      verify: ({ hash, password }) => bcrypt.compare(password, hash),
    },
  },
  rateLimit: { enabled: false },
  telemetry: { enabled: false },
  logger: { level: 'warn' },
};
const { runMigrations } = await getMigrations(options);
await runMigrations();
server.on('request', toNodeHandler(betterAuth(options)));
process.send({ port });
