import { MigrationExecutor, type DataSource, type QueryRunner } from 'typeorm';
import { MIGRATIONS } from './migrations';

/** Any number that nothing else in the database locks. */
const MIGRATION_LOCK = 7_236_539;

/** The schema is older than this code. */
export class DatabaseNotMigrated extends Error {
  constructor(missing: readonly string[]) {
    super(`The database lacks ${missing.join(', ')}: run \`npm run migrate\` first, or set MIGRATE=on.`);
    this.name = 'DatabaseNotMigrated';
  }
}

/** Throws `DatabaseNotMigrated`. A schema that is newer than this code is right: replicas are replaced one by one. */
export async function requireMigrated(dataSource: DataSource): Promise<void> {
  const [{ isThere }] = await dataSource.query<[{ isThere: boolean }]>(
    `SELECT to_regclass('migrations') IS NOT NULL AS "isThere"`,
  );
  const applied = isThere ? await dataSource.query<{ name: string }[]>('SELECT name FROM migrations') : [];
  const names = new Set(applied.map(({ name }) => name));
  const missing = MIGRATIONS.map((migration) => new migration().name).filter((name) => !names.has(name));
  if (missing.length > 0) throw new DatabaseNotMigrated(missing);
}

/**
 * Runs what is pending, each in its own transaction, and returns the names applied. Processes that start together
 * take turns. Lock and migrations share one session, so the embedded database needs no second one.
 */
export async function migrate(dataSource: DataSource): Promise<string[]> {
  const runner = dataSource.createQueryRunner();
  try {
    return await runLocked(dataSource, runner);
  } finally {
    await runner.release();
  }
}

async function runLocked(dataSource: DataSource, runner: QueryRunner): Promise<string[]> {
  // A migration, and waiting for another process's, may take longer than a request. A table's lock may not:
  // a statement that waits for one holds up everybody behind it.
  await runner.query('SET statement_timeout = 0; SET lock_timeout = 0');
  await runner.query(`SELECT pg_advisory_lock(${MIGRATION_LOCK})`);
  try {
    await runner.query('RESET lock_timeout');
    const executor = new MigrationExecutor(dataSource, runner);
    executor.transaction = 'each';
    return (await executor.executePendingMigrations()).map((migration) => migration.name);
  } finally {
    // A connection that died has lost the lock with it; the first error is the one to tell.
    await runner.query(`SELECT pg_advisory_unlock(${MIGRATION_LOCK}); RESET statement_timeout`).catch(() => undefined);
  }
}
