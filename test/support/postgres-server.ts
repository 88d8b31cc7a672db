import { Client, type QueryResultRow } from 'pg';

/** One statement on the database that TEST_DATABASE_URL names. */
export async function onServer<Row extends QueryResultRow>(sql: string): Promise<Row[]> {
  const client = new Client({ connectionString: process.env.TEST_DATABASE_URL });
  await client.connect();
  try {
    return (await client.query<Row>(sql)).rows;
  } finally {
    await client.end();
  }
}

/** The address of another database on the same server. */
export function urlOf(database: string): string {
  const url = new URL(String(process.env.TEST_DATABASE_URL));
  url.pathname = `/${database}`;
  return url.href;
}
