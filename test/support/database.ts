import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { DataSource } from 'typeorm';
import { createDataSource, type DatabaseOptions } from '../../libs/platform/src/database/data-source';
import { onServer, urlOf } from './postgres-server';

declare const DATABASE_KIND: 'embedded' | 'postgres';

/** The database of the running Jest project. */
export const databaseKind = DATABASE_KIND;

export interface TestDatabase {
  dataSource: DataSource;
  /** Undefined: embedded, reachable through `dataSource` only. */
  url?: string;
  close(): Promise<void>;
}

export interface TestDatabaseUrl {
  /** Undefined: a process under test starts its own embedded database. */
  url?: string;
  close(): Promise<void>;
}

/** A migrated database of its own, empty, with a data source on it. */
export async function openTestDatabase(entities: DatabaseOptions['entities']): Promise<TestDatabase> {
  const migrated = await openTestDatabaseUrl();
  const { url } = migrated;
  const dataSource = await createDataSource({
    url,
    template: url === undefined ? embeddedImage() : undefined,
    entities,
  });
  const closeAll = async (): Promise<void> => {
    if (dataSource.isInitialized) await dataSource.destroy();
    await migrated.close();
  };
  return { dataSource, url, close: closeAll };
}

/** The same without a data source, for a test that starts a real process against it. */
export async function openTestDatabaseUrl(): Promise<TestDatabaseUrl> {
  if (databaseKind === 'embedded') return { close: () => Promise.resolve() };
  const template = String(process.env.TEST_DATABASE_TEMPLATE);
  const name = `${template}_${randomBytes(6).toString('hex')}`;
  await onServer(`CREATE DATABASE ${name} TEMPLATE ${template}`);
  return {
    url: urlOf(name),
    close: async () => {
      await onServer(`DROP DATABASE ${name} WITH (FORCE)`);
    },
  };
}

/** What the embedded database of each test starts from. */
export function embeddedImage(): Blob {
  return new Blob([readFileSync(String(process.env.TEST_EMBEDDED_IMAGE))]);
}
