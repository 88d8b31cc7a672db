// What we ship may be used as we use it: every package of a production install has a licence of this list.
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../support/api.mjs';

const ALLOWED = new Set([
  ...['0BSD', 'Apache-2.0', 'BlueOak-1.0.0', 'BSD-2-Clause', 'BSD-3-Clause', 'CC0-1.0'],
  ...['ISC', 'MIT', 'MIT-0', 'PostgreSQL', 'Python-2.0', 'Unlicense'],
]);

/** Named in the package's Readme alone. */
const READ_BY_HAND = { 'node_modules/pause': 'MIT' };

test('every production dependency has a licence of the list', () => {
  const { packages } = JSON.parse(readFileSync(join(ROOT, 'package-lock.json'), 'utf8'));
  const shipped = Object.entries(packages).filter(([path, { dev, devOptional }]) => path && !dev && !devOptional);
  const others = shipped
    .map(([path, entry]) => [path, licenceOf(path, entry)])
    .filter(([, licence]) => !isAllowed(licence));
  assert.ok(shipped.length > 100, 'the lock file was read wrongly');
  assert.deepEqual(others, []);
});

/** Of the package as it is installed, in the manner of today or of old. */
function licenceOf(path, entry) {
  const file = join(ROOT, path, 'package.json');
  const { license, licenses } = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : entry;
  return license ?? licenses?.map(({ type }) => type).join(' OR ') ?? READ_BY_HAND[path];
}

/** An SPDX expression of names, OR, AND and parentheses. */
function isAllowed(licence) {
  const choices = String(licence).replaceAll(/[()]/g, '').split(' OR ');
  return choices.some((choice) => choice.split(' AND ').every((name) => ALLOWED.has(name)));
}
