import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../apps/api/bin/prepare.mjs';

const PEERS = ['@nestjs', '@types', 'openapi-fetch', 'reflect-metadata', 'rxjs'];
const OPTIONS = ['--strict', '--noEmit', '--experimentalDecorators', '--emitDecoratorMetadata', '--skipLibCheck'];
const folder = mkdtempSync(join(tmpdir(), 'rekey-client-'));
const run = (program, args, cwd = folder) => execFileSync(program, args, { cwd, encoding: 'utf8', stdio: 'pipe' });

/** A project of somebody else's, with the packed package in its node_modules. */
before(() => {
  run(process.execPath, [join(root, 'libs/client/build.mjs')], root);
  const [{ filename }] = JSON.parse(
    run('npm', ['pack', '--json', '--pack-destination', folder], join(root, 'dist/client')),
  );
  const home = join(folder, 'node_modules/@rekey/client');
  mkdirSync(home, { recursive: true });
  run('tar', ['-xzf', filename, '-C', home, '--strip-components=1']);
  for (const name of PEERS) symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
});
after(() => rmSync(folder, { recursive: true, force: true }));

test('the examples of its README fit the packed package', () => {
  const readme = readFileSync(join(folder, 'node_modules/@rekey/client/README.md'), 'utf8');
  const examples = [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
  assert.equal(examples.length, 2);
  const files = examples.map((code, at) => {
    const file = `example-${at}.mts`;
    writeFileSync(join(folder, file), code);
    return file;
  });
  const tsc = join(root, 'node_modules/typescript/bin/tsc');
  const rules = [...OPTIONS, '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];
  const compile = (...names) => run(process.execPath, [tsc, ...rules, ...names]);
  compile(...files);
  // An operation that is not there is no mistake that could pass.
  writeFileSync(join(folder, 'wrong.mts'), examples[1].replace('/internal/v1/accounts', '/internal/v1/nothing'));
  assert.throws(() => compile('wrong.mts'));
});

test('the packed package loads, with nothing of the service in it', () => {
  const names = run(process.execPath, ['-p', "Object.keys(require('@rekey/client')).sort().join()"]).trim();
  assert.equal(names, 'Introspection,Person,RekeyGuard,RekeyModule,RekeyUnavailableError,accountClient,internalClient');
});
