import pg from 'pg';

const SERVER = process.env.TEST_DATABASE_URL || 'postgres://root@127.0.0.1:5432/postgres';

/** Statements on one of the server's databases; each may be `[sql, values]`. */
export async function onDatabase(url, ...statements) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const statement of statements) await client.query(...[statement].flat(1));
  } finally {
    await client.end();
  }
}

/** An empty database of its own. */
export async function createDatabase(purpose) {
  const name = `rekey_bench_${purpose}_${process.pid}`;
  await onDatabase(SERVER, `CREATE DATABASE ${name}`);
  const url = new URL(SERVER);
  url.pathname = `/${name}`;
  return { url: url.href, drop: () => onDatabase(SERVER, `DROP DATABASE ${name} WITH (FORCE)`) };
}
