import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { createDataSource, migrate } from '@app/platform';
import { parse } from 'yaml';
import type { openTestDatabase } from './database';
import { onServer, urlOf } from './postgres-server';

const COMPOSE = resolve(__dirname, '../../compose.yaml');

/** Made and migrated by an owner as compose.yaml does it; the data source is that of the service's own role. */
export const openAsServiceRole: typeof openTestDatabase = async (entities) => {
  const suffix = randomBytes(6).toString('hex');
  const [name, owner, app] = [`rekey_roles_${suffix}`, `rekey_owner_${suffix}`, `rekey_app_${suffix}`];
  await onServer(`CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD 'rekey-owner'`);
  await onServer(`CREATE DATABASE ${name} OWNER ${owner}`);
  await migrateAsOwner(as(owner, 'rekey-owner', name), app);
  const url = as(app, 'rekey-app', name);
  const dataSource = await createDataSource({ url, entities });
  return {
    dataSource,
    url,
    close: async () => {
      if (dataSource.isInitialized) await dataSource.destroy();
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
      await onServer(`DROP ROLE ${app}, ${owner}`);
    },
  };
};

async function migrateAsOwner(url: string, app: string): Promise<void> {
  const { configs } = parse(readFileSync(COMPOSE, 'utf8')) as { configs: { roles: { content: string } } };
  const dataSource = await createDataSource({ url, entities: [], poolSize: 1 });
  await dataSource.query(configs.roles.content.replaceAll('rekey_app', app));
  await migrate(dataSource);
  await dataSource.destroy();
}

function as(username: string, password: string, database: string): string {
  return Object.assign(new URL(urlOf(database)), { username, password }).href;
}
