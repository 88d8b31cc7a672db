import { GROUPS } from './groups.mjs';
import { run, withTemplate } from './template.mjs';

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
