import { randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DataSource, EntitySchema } from 'typeorm';
import { createDataSource } from '../../libs/platform/src/database/data-source';
import { type EmbeddedDataSource } from '../../libs/platform/src/database/embedded-data-source';
import { DatabaseFolderInUse, DatabaseFolderUnusable } from '../../libs/platform/src/database/folder-lock';
import { migrate } from '../../libs/platform/src/database/migrate';
import { MIGRATIONS } from '../../libs/platform/src/database/migrations';
import { age } from '../support/age';
import { databaseKind, embeddedImage, openTestDatabase, type TestDatabase } from '../support/database';

const INSERT = 'INSERT INTO application (client_id, name) VALUES ($1, $1)';

async function countOf(dataSource: DataSource, clientId: string): Promise<number> {
  const rows: unknown[] = await dataSource.query('SELECT 1 FROM application WHERE client_id = $1', [clientId]);
  return rows.length;
}

describe('the data source', () => {
  let database: TestDatabase;
  let dataSource: DataSource;

  beforeAll(async () => {
    database = await openTestDatabase([]);
    dataSource = database.dataSource;
  });
  afterAll(() => database.close());

  if (databaseKind === 'embedded') {
    const watch = <T>(work: () => Promise<T>): Promise<T> => (dataSource as EmbeddedDataSource).watch(work);

    it('refuses a query from inside a unit of work, and says to use tx', async () => {
      await expect(watch(() => dataSource.query('SELECT 1'))).rejects.toThrow(/use tx/);
    });

    it('answers a query from outside again', async () => {
      await expect(dataSource.query('SELECT 1 AS one')).resolves.toEqual([{ one: 1 }]);
    });

    it('lets a runner made before the unit of work query inside it', async () => {
      const runner = dataSource.createQueryRunner();
      try {
        await expect(watch(() => runner.manager.query('SELECT 1 AS one'))).resolves.toEqual([{ one: 1 }]);
      } finally {
        await runner.release();
      }
    });
  }

  it('keeps nothing of a transaction that throws', async () => {
    const clientId = randomUUID();
    const transaction = dataSource.transaction(async (manager) => {
      await manager.query(INSERT, [clientId]);
      throw new Error('changed my mind');
    });
    await expect(transaction).rejects.toThrow('changed my mind');
    expect(await countOf(dataSource, clientId)).toBe(0);
  });

  it('keeps a transaction that returns', async () => {
    const clientId = randomUUID();
    await dataSource.transaction((manager) => manager.query(INSERT, [clientId]));
    expect(await countOf(dataSource, clientId)).toBe(1);
  });

  // The embedded database ignores them.
  if (databaseKind === 'postgres') {
    it('[S-138] bounds statements, waits for locks and idle transactions', async () => {
      const [settings] = await dataSource.query(`
        SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock,
          current_setting('idle_in_transaction_session_timeout') AS idle, current_setting('application_name') AS name`);
      expect(settings).toEqual({ statement: '5s', lock: '3s', idle: '10s', name: 'rekey' });
    });

    it('bounds statements and waits for locks again after a migration', async () => {
      const { url } = database;
      const oneConnection = await createDataSource({ url, entities: [], poolSize: 1 });
      await migrate(oneConnection);
      const [settings] = await oneConnection.query(
        `SELECT current_setting('statement_timeout') AS statement, current_setting('lock_timeout') AS lock`,
      );
      expect(settings).toEqual({ statement: '5s', lock: '3s' });
      await oneConnection.destroy();
    });
  }
});

describe('migrate', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase([]);
  });
  afterAll(() => database.close());

  it('applies nothing to a database that is up to date', async () => {
    expect(await migrate(database.dataSource)).toEqual([]);
  });

  it('builds the schema of a database that lost it, and names what it applied', async () => {
    await database.dataSource.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    expect(await migrate(database.dataSource)).toContain('Init1790000000000');
    await expect(database.dataSource.query('SELECT * FROM account')).resolves.toEqual([]);
  });

  it('lets one of many that start together do the work', async () => {
    await database.dataSource.query('DROP SCHEMA public CASCADE; CREATE SCHEMA public');
    const applied = await Promise.all([1, 2, 3, 4].map(() => migrate(database.dataSource)));
    expect(applied.flat()).toEqual(MIGRATIONS.map((migration) => new migration().name));
  });

  it('leaves no lock behind', async () => {
    await migrate(database.dataSource);
    const locks: unknown = await database.dataSource.query(`
      SELECT objid FROM pg_locks
      WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`);
    expect(locks).toEqual([]);
  });
});

describe('age', () => {
  let database: TestDatabase;

  beforeAll(async () => {
    database = await openTestDatabase([]);
  });
  afterAll(() => database.close());

  it('makes what is stored older by the interval, and leaves an empty time empty', async () => {
    await database.dataSource.query(INSERT, ['aged']);
    await age(database.dataSource, '90 minutes');
    const rows: unknown = await database.dataSource.query(`
      SELECT now() - created_at BETWEEN interval '90 minutes' AND interval '91 minutes' AS older, revoked_at
      FROM application WHERE client_id = 'aged'`);
    expect(rows).toEqual([{ older: true, revoked_at: null }]);
  });
});

if (databaseKind === 'embedded') {
  describe('the embedded database in a folder', () => {
    const dataDir = mkdtempSync(join(tmpdir(), 'rekey-folder-'));
    afterAll(() => rmSync(dataDir, { recursive: true }));

    it('is refused to a second data source while open, and keeps its rows for the next one', async () => {
      const first = await createDataSource({ dataDir, template: embeddedImage(), entities: [] });
      await first.query(INSERT, ['kept']);
      await expect(createDataSource({ dataDir, entities: [] })).rejects.toThrow(DatabaseFolderInUse);
      await first.destroy();

      const second = await createDataSource({ dataDir, entities: [] });
      expect(await countOf(second, 'kept')).toBe(1);
      await second.destroy();
      expect(existsSync(join(dataDir, 'database.lock'))).toBe(false);
    });

    it('is called unusable, and left unlocked, where no database can be opened in it', async () => {
      const broken = mkdtempSync(join(dataDir, 'broken-'));
      writeFileSync(join(broken, 'database'), 'not a folder');
      const opening = createDataSource({ dataDir: broken, entities: [] });
      await expect(opening).rejects.toThrow(DatabaseFolderUnusable);
      await expect(opening).rejects.toThrow(/^The data folder .* can't be used: EEXIST: .*$/);
      expect(existsSync(join(broken, 'database.lock'))).toBe(false);
    });

    it('is left unlocked by a data source that does not start', async () => {
      const EntityWithoutKey = new EntitySchema({ name: 'keyless', columns: { name: { type: 'text' } } });
      const opening = createDataSource({ dataDir, entities: [EntityWithoutKey] });
      await expect(opening).rejects.toThrow(/keyless/);
      expect(existsSync(join(dataDir, 'database.lock'))).toBe(false);
    });
  });
}
