import { randomBytes } from 'node:crypto';
import pg from 'pg';

/** The server of TEST_DATABASE_URL. */
export function serverUrl() {
  const { TEST_DATABASE_URL } = process.env;
  if (!TEST_DATABASE_URL)
    throw new Error('Set TEST_DATABASE_URL to a PostgreSQL server on which databases may be made.');
  return new URL(TEST_DATABASE_URL);
}

/** The rows of one statement, on a connection of its own. */
export async function onUrl(url, sql, parameters) {
  const client = new pg.Client({ connectionString: String(url) });
  await client.connect();
  try {
    return (await client.query(sql, parameters)).rows;
  } finally {
    await client.end();
  }
}

/** An empty database on `server`. */
export async function newDatabase(server = serverUrl()) {
  const name = `rekey_test_${randomBytes(6).toString('hex')}`;
  await onUrl(server, `CREATE DATABASE ${name}`);
  const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
  return {
    name,
    url,
    query: (sql, parameters) => onUrl(url, sql, parameters),
    drop: () => onUrl(server, `DROP DATABASE ${name} WITH (FORCE)`),
  };
}
