import type { DataSource, EntityManager } from 'typeorm';

interface TimedTable {
  name: string;
  columns: string[];
}

/**
 * Makes everything stored older: shifts each timestamp of each table back by `interval` (PostgreSQL's own, e.g.
 * `'15 minutes'`), all at once. A test ages its data in place of waiting.
 */
export async function age(dataSource: DataSource, interval: string): Promise<void> {
  await dataSource.transaction(async (manager) => {
    for (const table of await timedTables(manager)) await shift(manager, table, interval);
  });
}

/** Tables only: a view's timestamps come from them. TypeORM's own table counts milliseconds, so it isn't among them. */
async function timedTables(manager: EntityManager): Promise<TimedTable[]> {
  return manager.query(`
    SELECT quote_ident(table_name) AS name, json_agg(quote_ident(column_name)) AS columns
    FROM information_schema.columns JOIN information_schema.tables USING (table_schema, table_name)
    WHERE table_schema = current_schema() AND table_type = 'BASE TABLE' AND data_type = 'timestamp with time zone'
    GROUP BY table_name ORDER BY table_name`);
}

async function shift(manager: EntityManager, { name, columns }: TimedTable, interval: string): Promise<void> {
  const assignments = columns.map((column) => `${column} = ${column} - $1::interval`);
  await manager.query(`UPDATE ${name} SET ${assignments.join(', ')}`, [interval]);
}
