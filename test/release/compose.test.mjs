// compose.yaml, read: no Docker here. What each service is told must be what our processes take.
import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import pg from 'pg';
import { newServer } from '../faults/support/postgres-server.mjs';
import { ROOT } from '../support/api.mjs';
import { readCompose, rolesSql } from './support/compose.mjs';
import { imageEnvironment } from './support/image.mjs';
import { temporaryFolder } from '../support/processes.mjs';

const { loadSettings } = createRequire(import.meta.url)(join(ROOT, 'dist/libs/platform/src/index.js'));
const { services, volumes, configs } = readCompose();
const ours = Object.entries(services).filter(([, { build }]) => build);

describe('compose.yaml', () => {
  test('has the service, its worker, its migration, a database and a mail catcher', () => {
    assert.deepEqual(Object.keys(services).sort(), ['api', 'mail', 'migrate', 'postgres', 'worker']);
  });

  test('names only volumes, configs and services that it has', () => {
    for (const { volumes: mounts = [], configs: files = [], depends_on: others = {} } of Object.values(services)) {
      for (const mount of mounts) assert.ok(mount.split(':')[0] in volumes, mount);
      for (const { source } of files) assert.ok(source in configs, source);
      for (const other of Object.keys(others)) assert.ok(other in services, other);
    }
  });

  for (const [name, { command = ['node', 'dist/apps/api/src/main.js'] }] of ours) {
    test(`runs a file that is there as ${name}`, () => {
      assert.equal(command[0], 'node');
      assert.ok(existsSync(join(ROOT, command[1])), command[1]);
    });
  }

  for (const name of ['api', 'worker']) {
    test(`gives ${name} settings that it takes, a role without DDL and no delivery of its own`, () => {
      const settings = loadSettings({
        ...imageEnvironment(),
        ...services[name].environment,
        DATA_DIR: temporaryFolder(),
      });
      const { username, password, hostname } = new URL(settings.databaseUrl);
      assert.ok(rolesSql().includes(`CREATE ROLE ${username} LOGIN PASSWORD '${password}'`));
      assert.equal(hostname, 'postgres');
      assert.equal(new URL(settings.smtpUrl).hostname, 'mail');
      assert.deepEqual([settings.worker, settings.migrateAtStart], ['off', false]);
    });
  }

  test('[S-131] keeps what statements are given, and the rows that errors are about, out of the log of the database', async (t) => {
    const [program, ...options] = services.postgres.command;
    assert.equal(program, 'postgres');
    const server = await newServer(options);
    t.after(() => server.remove());
    const client = new pg.Client({ connectionString: server.url.href });
    await client.connect();
    await client.query('SET log_min_duration_statement = 0');
    await client.query('CREATE TABLE account (email text PRIMARY KEY, hash text NOT NULL)');
    const insert = (...row) => client.query('INSERT INTO account VALUES ($1, $2)', row);
    await insert('canary@example.org', 'canary-hash');
    await assert.rejects(insert('canary@example.org', 'canary-hash'), { code: '23505' });
    await assert.rejects(insert('canary@example.org', null), { code: '23502' });
    await client.end();
    const log = server.log();
    for (const said of [/duration: .* INSERT INTO account/, /duplicate key/, /null value/]) assert.match(log, said);
    assert.doesNotMatch(log, /canary/);
  });

  test('migrates as the owner that the database makes', () => {
    const { username, password, pathname } = new URL(services.migrate.environment.MIGRATION_DATABASE_URL);
    const { POSTGRES_USER, POSTGRES_PASSWORD, POSTGRES_DB } = services.postgres.environment;
    assert.deepEqual([username, password, pathname], [POSTGRES_USER, POSTGRES_PASSWORD, `/${POSTGRES_DB}`]);
    assert.equal(new URL(services.api.environment.DATABASE_URL).pathname, pathname);
  });

  test('is reachable from this machine alone', () => {
    const ports = Object.values(services).flatMap(({ ports: published = [] }) => published);
    assert.deepEqual(
      ports.filter((port) => !port.startsWith('127.0.0.1:')),
      [],
    );
  });

  test('keeps development keys where the user of the image may write', () => {
    for (const name of ['api', 'worker']) {
      const [mount] = services[name].volumes;
      const home = mount.split(':')[1];
      assert.equal(home, '/home/node');
      assert.ok(services[name].environment.DATA_DIR.startsWith(`${home}/`));
    }
  });
});
