import { AsyncLocalStorage } from 'node:async_hooks';
import { DataSource, type DataSourceOptions, type QueryRunner, type ReplicationMode } from 'typeorm';

/**
 * The embedded database has one session. A query beside the transaction that a unit of work holds would wait for it,
 * and it for the query, for ever; here it is refused. On PostgreSQL that takes a used-up pool, and to follow the scope
 * costs Node 20 a twentieth of every request, so there the same code goes unwatched (ADR 0013).
 */
export class EmbeddedDataSource extends DataSource {
  /** A guard only: nothing finds its transaction through it. */
  private readonly unitOfWork = new AsyncLocalStorage<true>();

  constructor(
    options: DataSourceOptions,
    private readonly closeDatabase: () => Promise<void>,
  ) {
    super(options);
  }

  /** Runs `work`, from which only query runners made before may ask the database. */
  watch<T>(work: () => Promise<T>): Promise<T> {
    return this.unitOfWork.run(true, work);
  }

  override createQueryRunner(mode?: ReplicationMode): QueryRunner {
    if (this.unitOfWork.getStore()) throw new Error('The data source was used inside a unit of work: use tx.');
    return super.createQueryRunner(mode);
  }

  override async destroy(): Promise<void> {
    await super.destroy();
    await this.closeDatabase();
  }
}
