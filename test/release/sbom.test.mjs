// Whoever asks what a release is made of is told all of it, and nothing else.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../support/api.mjs';

const read = (file) => readFileSync(join(ROOT, file), 'utf8');
const NOBODY = { npm_config_offline: 'true', npm_config_registry: 'http://127.0.0.1:9' };

test('[S-139] the command of SECURITY.md lists every production dependency by version and digest, offline', () => {
  const [, command] = /`(npm run --silent sbom)`/.exec(read('SECURITY.md'));
  const env = { ...process.env, ...NOBODY };
  const bom = JSON.parse(execFileSync('sh', ['-c', command], { cwd: ROOT, env, encoding: 'utf8' }));
  const { packages } = JSON.parse(read('package-lock.json'));
  const nameOf = (path) => path.replace(/^.*node_modules\//, '');
  const shipped = Object.entries(packages).filter(([path, { dev, devOptional }]) => path && !dev && !devOptional);
  const expected = new Set(shipped.map(([path, { version }]) => `${nameOf(path)}@${version}`));
  const listed = bom.components.map(({ name, version }) => `${name}@${version}`);
  assert.deepEqual(new Set(listed), expected);
  for (const name of Object.keys(JSON.parse(read('package.json')).dependencies)) {
    assert.ok(
      bom.components.some((component) => component.name === name),
      name,
    );
  }
  assert.ok(bom.components.every(({ hashes }) => hashes?.[0]?.alg === 'SHA-512'));
  assert.deepEqual([bom.bomFormat, bom.metadata.component.name], ['CycloneDX', 'rekey']);
});
