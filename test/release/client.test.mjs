import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';
import { root } from '../../apps/api/bin/prepare.mjs';
import { eventually, freePort, start, stop } from '../support/processes.mjs';

const PEERS = ['@nestjs', '@types', 'openapi-fetch', 'reflect-metadata', 'rxjs'];
const OPTIONS = ['--strict', '--experimentalDecorators', '--emitDecoratorMetadata', '--skipLibCheck'];
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

const tsc = join(root, 'node_modules/typescript/bin/tsc');
const rules = [...OPTIONS, '--module', 'nodenext', '--target', 'es2023', '--types', 'node'];

/** What the compiler says of each text: nothing of one that is right. */
function complaintsAbout(texts) {
  const files = texts.map((text, at) => {
    writeFileSync(join(folder, `text-${at}.mts`), text);
    return `text-${at}.mts`;
  });
  const { stdout } = spawnSync(process.execPath, [tsc, '--noEmit', ...rules, ...files], {
    cwd: folder,
    encoding: 'utf8',
  });
  return files.map((file) => stdout.split('\n').filter((line) => line.startsWith(file)));
}

/** Who knows the name of an event of the feed knows the fields of its data. */
const feedReader = (field) => `
  import { internalClient } from '@rekey/client';
  const rekey = internalClient({ url: '', clientId: '', clientSecret: '' });
  const { data } = await rekey.GET('/internal/v1/events');
  for (const event of data?.events ?? []) {
    if (event.name === 'account.email-changed.v1') console.log(event.data.${field}.toLowerCase());
  }`;

function examplesOfReadme() {
  const readme = readFileSync(join(folder, 'node_modules/@rekey/client/README.md'), 'utf8');
  return [...readme.matchAll(/```ts\n([^]*?)```/g)].map(([, code]) => code);
}

test('the examples of its README fit the packed package, and what is not there fits nowhere', () => {
  const examples = examplesOfReadme();
  assert.equal(examples.length, 2);
  assert.equal(examples[0].split('\n').filter((line) => line.trim() !== '').length, 10);
  const right = [...examples, feedReader('newEmail')];
  const wrong = [
    examples[1].replace('/internal/v1/accounts', '/internal/v1/nothing'),
    feedReader('email'),
    feedReader('recipients'),
  ];
  const found = complaintsAbout([...right, ...wrong]);
  assert.deepEqual(found.slice(0, right.length), [[], [], []]);
  assert.deepEqual(
    found.slice(right.length).map(([line]) => /error TS\d+: .*(nothing|'email'|'recipients')/.exec(line)?.[1]),
    ['nothing', "'email'", "'recipients'"],
  );
});

test('the packed package loads, with nothing of the service in it', () => {
  const names = run(process.execPath, ['-p', "Object.keys(require('@rekey/client')).sort().join()"]).trim();
  assert.equal(names, 'Introspection,Person,RekeyGuard,RekeyModule,RekeyUnavailableError,accountClient,internalClient');
});

const MAIN = `
  import 'reflect-metadata';
  import { NestFactory } from '@nestjs/core';
  import { FastifyAdapter } from '@nestjs/platform-fastify';
  import { ShopModule } from './shop.mjs';
  const app = await NestFactory.create(ShopModule, new FastifyAdapter(), { logger: false });
  await app.listen(0, '127.0.0.1');
  console.log(await app.getUrl());`;

test('the service of its README runs on the packed package, and lets nobody in while Rekey is not there', async () => {
  writeFileSync(join(folder, 'shop.mts'), examplesOfReadme()[0]);
  writeFileSync(join(folder, 'main.mjs'), MAIN);
  run(process.execPath, [tsc, ...rules, 'shop.mts']);
  const env = { REKEY_URL: `http://127.0.0.1:${await freePort()}`, REKEY_SECRET: 'a secret' };
  const shop = start(process.execPath, ['main.mjs'], { cwd: folder, env });
  const url = await eventually(() => /^http.*$/m.exec(shop.output.stdout)?.[0], 'listening shop');

  const nobody = await fetch(`${url}/orders`);
  assert.deepEqual([nobody.status, nobody.headers.get('www-authenticate')], [401, 'Bearer']);
  const somebody = await fetch(`${url}/orders`, { headers: { authorization: 'Bearer a.b.c' } });
  assert.equal(somebody.status, 503);
  await stop(shop);
});
