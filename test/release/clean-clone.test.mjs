// What a stranger does: clone, `npm start`. Installs from the registry or npm's cache.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { ADA, signIn, startApi } from '../support/api.mjs';
import { stop, temporaryFolder } from '../support/processes.mjs';
import { copyRepository } from './support/repository-copy.mjs';

describe('a clean clone', () => {
  const clone = temporaryFolder();
  let api;
  const npmStart = () =>
    startApi({
      command: 'npm',
      args: ['start'],
      cwd: clone,
      earlier: api,
      withinSeconds: 400,
    });

  test('installs, builds and serves by `npm start` alone', async (t) => {
    await copyRepository(clone);
    assert.ok(!existsSync(join(clone, 'node_modules')) && !existsSync(join(clone, 'dist')));
    api = await npmStart();
    t.diagnostic(`installed, built and ready after ${api.seconds} s`);
    assert.match(api.output.stdout, /Installing .*Building .*Rekey is up/s);
    assert.equal((await signIn(api, ADA)).status, 201);
  });

  test('leaves nothing running and nothing locked when npm is told to stop', async () => {
    await stop(api);
    await assert.rejects(fetch(`http://127.0.0.1:${api.port}/health/live`));
    assert.ok(!existsSync(join(clone, '.data/database.lock')));
  });

  test('neither installs nor builds the second time', async (t) => {
    api = await npmStart();
    t.diagnostic(`ready again after ${api.seconds} s`);
    assert.doesNotMatch(api.output.stdout, /Installing|Building/);
    assert.equal((await signIn(api, ADA)).status, 201);
    await stop(api);
  });
});
