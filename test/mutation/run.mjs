import { spawnSync } from 'node:child_process';
import { newDatabase, onUrl, serverUrl } from '../support/postgres.mjs';
import { GROUPS } from './groups.mjs';

const wanted = process.argv.slice(2);
const names = wanted.length > 0 ? wanted : Object.keys(GROUPS);
const failed = [];
for (const name of names) {
  if (!(name in GROUPS)) throw new Error(`There is no group ${name}: ${Object.keys(GROUPS).join(', ')}.`);
  const passed = GROUPS[name].database ? await withTemplate((template) => mutate(name, template)) : mutate(name);
  if (!passed) failed.push(name);
}
if (failed.length > 0) throw new Error(`Too many mutants survive, or the tests fail: ${failed.join(', ')}.`);

function mutate(name, template = '') {
  const env = { ...process.env, MUTATION_GROUP: name, TEST_DATABASE_TEMPLATE: template };
  return run(['node_modules/@stryker-mutator/core/bin/stryker.js', 'run', 'test/mutation/stryker.config.mjs'], env);
}

/** One for all mutants of a group: to migrate a database for each would take longer than their tests. */
async function withTemplate(work) {
  const { name, url, drop } = await newDatabase();
  try {
    if (!run(['dist/apps/api/src/migrate.js'], { ...process.env, DATABASE_URL: url })) throw new Error('Not migrated.');
    return work(name);
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

function run(command, env) {
  return spawnSync(process.execPath, command, { env, stdio: 'inherit' }).status === 0;
}
