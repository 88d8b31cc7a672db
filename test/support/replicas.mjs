import { join } from 'node:path';
import { ROOT, startApi } from './api.mjs';
import { keptAlive } from './kept-alive.mjs';
import { newDatabase } from './postgres.mjs';
import { stop, temporaryFolder } from './processes.mjs';

const MAIN = join(ROOT, 'dist/apps/api/src/main.js');

/** One issuer whoever answers; no limit by source, for all that is asked comes from here; cheap hashes. */
const SETTINGS = {
  PUBLIC_URL: 'http://rekey.test',
  BCRYPT_COST: '4',
  SOURCE_FAILURES: '0',
  SOURCE_REQUESTS_PER_MINUTE: '0',
  MAILS_PER_ADDRESS_PER_HOUR: '1000000',
  CODE_RESEND_SECONDS: '0',
};

/** What replicas of one installation have in common; a folder of `keys` stands for the settings that carry them. */
const installation = (databaseUrl, settings) => ({
  ...SETTINGS,
  DATA_DIR: temporaryFolder(),
  DATABASE_URL: databaseUrl,
  ...settings,
});

/**
 * A built server as a process of its own, on the ports of `earlier` when it follows one. `ask` and `askInternal` use at
 * most `connections` connections each, which stay open. `flags` are those of Node; `main` is that of another build.
 */
export async function startReplica(env, { connections = 8, earlier, flags = [], main = MAIN } = {}) {
  const api = await startApi({ args: [...flags, main], env, earlier });
  const [open, internal] = [keptAlive(api.port, connections), keptAlive(api.internalPort, connections)];
  await Promise.all([open.warmUp(), internal.warmUp()]);
  return { ...api, ask: open.ask, askInternal: internal.ask, connectionsOpened: open.opened };
}

/** So many replicas on `database`, or on one of their own, which is dropped after test `t`. */
export async function startReplicas(t, count, { settings, database, ...options } = {}) {
  database ??= await ownDatabase(t);
  const env = installation(database.url, settings);
  const replicas = await Promise.all(Array.from({ length: count }, () => startReplica(env, options)));
  t.after(() => Promise.all(replicas.map((replica) => stop(replica, 'SIGKILL'))));
  return { database, env, replicas };
}

async function ownDatabase(t) {
  const database = await newDatabase();
  t.after(() => database.drop());
  return database;
}
