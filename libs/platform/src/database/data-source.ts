import { DataSource, type DataSourceOptions, TypeORMError } from 'typeorm';
import { DatabaseUnreachable } from './database-unreachable';
import { EmbeddedDataSource } from './embedded-data-source';
import { openEmbeddedDatabase } from './embedded-database';
import { MIGRATIONS } from './migrations';
import { PreparingClient } from './preparing-client';
import { endWhenSilent } from './silent-connection';

type PostgresOptions = Extract<DataSourceOptions, { type: 'postgres' }>;

export interface DatabaseOptions {
  /** `postgres://…`; absent: the embedded database. */
  url?: string;
  /** Folder of the embedded database; absent: in memory. */
  dataDir?: string;
  /** Image of an embedded database to start from (tests). */
  template?: Blob;
  entities: NonNullable<DataSourceOptions['entities']>;
  /** Connections to PostgreSQL, 10 by default. The embedded database always has one. */
  poolSize?: number;
}

/** Waiting for a connection, in the pool or on the wire, ends after this: refuse fast rather than queue for ever. */
const CONNECT_TIMEOUT_MS = 2000;

/**
 * An initialised data source; `destroy()` ends all that it opened.
 * Throws `DatabaseUnreachable`, `DatabaseFolderInUse` or `DatabaseFolderUnusable`.
 */
export async function createDataSource(options: DatabaseOptions): Promise<DataSource> {
  return options.url === undefined ? openEmbedded(options) : openPostgres(options.url, options);
}

async function openPostgres(url: string, { entities, poolSize = 10 }: DatabaseOptions): Promise<DataSource> {
  const dataSource = new DataSource({
    ...common(entities),
    url,
    poolSize,
    applicationName: 'rekey',
    extra: {
      Client: PreparingClient,
      statement_timeout: 5000,
      lock_timeout: 3000,
      idle_in_transaction_session_timeout: 10_000,
      keepAlive: true,
      onConnect: endWhenSilent(url),
    },
  });
  try {
    return await dataSource.initialize();
  } catch (error) {
    // Its own errors are about our entities, the driver's about the connection.
    throw error instanceof TypeORMError ? error : new DatabaseUnreachable(error);
  }
}

async function openEmbedded(options: DatabaseOptions): Promise<DataSource> {
  const { createPgConfig } = await import('@electric-sql/pglite/node-postgres');
  const database = await openEmbeddedDatabase(options);
  const config = createPgConfig(database.pglite);
  // `connection` is a field that a spread keeps; the pool must never end the one connection there is.
  const extra = { ...config, connection: config.connection, idleTimeoutMillis: 0 };
  const dataSource = new EmbeddedDataSource({ ...common(options.entities), poolSize: 1, extra }, () =>
    database.close(),
  );
  try {
    return await dataSource.initialize();
  } catch (error) {
    await database.close();
    throw error;
  }
}

function common(entities: DatabaseOptions['entities']): PostgresOptions {
  return {
    type: 'postgres',
    entities,
    migrations: MIGRATIONS,
    synchronize: false,
    installExtensions: false,
    connectTimeoutMS: CONNECT_TIMEOUT_MS,
  };
}
