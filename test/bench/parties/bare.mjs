import { startServer } from '../processes.mjs';
import { ISSUER, PUBLIC_JWK, readOf } from './rekey.mjs';

/** Takes Rekey's own tokens, so that both judge the same bytes. */
export async function createBare() {
  const server = await startServer('./parties/bare.server.mjs', { JWK: JSON.stringify(PUBLIC_JWK), ISSUER });
  return { name: 'bare route', url: `http://127.0.0.1:${server.port}`, readOf, remove: server.stop };
}
