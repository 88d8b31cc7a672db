// Runs outside Jest's module mapper: relative imports only.
import 'reflect-metadata';
import { randomBytes } from 'node:crypto';
import { createDataSource } from '../libs/platform/src/database/data-source';
import { migrate } from '../libs/platform/src/database/migrate';
import { onServer, urlOf } from './support/postgres-server';

/** Migrates one database on the server of TEST_DATABASE_URL; each test file gets a copy of it. */
export default async function setUp(): Promise<void> {
  const template = `rekey_test_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${template}`);
  process.env.TEST_DATABASE_TEMPLATE = template;

  const dataSource = await createDataSource({ url: urlOf(template), entities: [], poolSize: 1 });
  await migrate(dataSource);
  await dataSource.destroy();
}
