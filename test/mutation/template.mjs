import { spawnSync } from 'node:child_process';
import { newDatabase, onUrl, serverUrl } from '../support/postgres.mjs';

/** Runs `work` with the name of a migrated database, one for all mutants: to migrate one for each takes longer than their tests. */
export async function withTemplate(work) {
  const { name, url, drop } = await newDatabase();
  try {
    if (!run(['dist/apps/api/src/migrate.js'], { ...process.env, DATABASE_URL: url })) throw new Error('Not migrated.');
    return await work(name);
  } finally {
    for (const copy of await copiesOf(name)) await onUrl(serverUrl(), `DROP DATABASE ${copy} WITH (FORCE)`);
    await drop();
  }
}

/** Left behind by tests that were ended. */
async function copiesOf(template) {
  const rows = await onUrl(serverUrl(), `SELECT datname FROM pg_database WHERE starts_with(datname, '${template}_')`);
  return rows.map(({ datname }) => datname);
}

/** True when it ended well. */
export function run(command, env) {
  return spawnSync(process.execPath, command, { env, stdio: 'inherit' }).status === 0;
}
