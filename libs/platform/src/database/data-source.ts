import { DataSource, type DataSourceOptions, type QueryRunner, type ReplicationMode, TypeORMError } from 'typeorm';
import { DatabaseUnreachable } from './database-unreachable';
import { openEmbeddedDatabase } from './embedded-database';
import { MIGRATIONS } from './migrations';
import { PreparingClient } from './preparing-client';
import { endWhenSilent } from './silent-connection';
import { insideUnitOfWork } from './unit-of-work-scope';

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
  const dataSource = new GuardedDataSource({
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
  const dataSource = new GuardedDataSource({ ...common(options.entities), poolSize: 1, extra }, () => database.close());
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

class GuardedDataSource extends DataSource {
  constructor(
    options: PostgresOptions,
    private readonly closeDatabase: () => Promise<void> = () => Promise.resolve(),
  ) {
    super(options);
  }

  /**
   * Inside a unit of work a second connection waits for the one that its own transaction holds:
   * on the embedded database always, on PostgreSQL once the pool is used up.
   */
  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    if (insideUnitOfWork.getStore()) throw new Error('The data source was used inside a unit of work: use tx.');
    return super.createQueryRunner(mode);
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.closeDatabase();
  }
}
