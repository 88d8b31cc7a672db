import { startServer } from '../processes.mjs';
import { ISSUER, PUBLIC_JWK, readOf } from './rekey.mjs';

/** Takes Rekey's own tokens, so that both judge the same bytes. With `databaseUrl` it asks there for a `SELECT 1`. */
export async function createBare(databaseUrl = '') {
  const settings = { JWK: JSON.stringify(PUBLIC_JWK), ISSUER, DATABASE_URL: databaseUrl };
  const server = await startServer('./parties/bare.server.mjs', settings);
  return { name: 'bare route', url: `http://127.0.0.1:${server.port}`, readOf, remove: server.stop };
}
