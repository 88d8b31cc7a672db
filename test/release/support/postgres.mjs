import { randomBytes } from 'node:crypto';
import pg from 'pg';

const server = () => {
  const { TEST_DATABASE_URL } = process.env;
  if (!TEST_DATABASE_URL)
    throw new Error('Set TEST_DATABASE_URL to a PostgreSQL server on which databases may be made.');
  return new URL(TEST_DATABASE_URL);
};

async function onUrl(url, sql) {
  const client = new pg.Client({ connectionString: String(url) });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

/**
 * A database with an owner and an application role as `rolesSql` makes it, under names of this run.
 * `query` is the owner's; `drop` removes all.
 */
export async function installDatabase(rolesSql) {
  const suffix = randomBytes(6).toString('hex');
  const [database, owner, app] = [`rekey_release_${suffix}`, `rekey_owner_${suffix}`, `rekey_app_${suffix}`];
  await onUrl(server(), `CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD 'rekey-owner'`);
  await onUrl(server(), `CREATE DATABASE ${database} OWNER ${owner}`);
  const urlOf = (role, password) => {
    const url = server();
    Object.assign(url, { username: role, password, pathname: `/${database}` });
    return url.href;
  };
  const ownerUrl = urlOf(owner, 'rekey-owner');
  await onUrl(ownerUrl, rolesSql.replaceAll('rekey_app', app));
  return {
    ownerUrl,
    appUrl: urlOf(app, 'rekey-app'),
    query: (sql) => onUrl(ownerUrl, sql),
    queryAsApp: (sql) => onUrl(urlOf(app, 'rekey-app'), sql),
    drop: async () => {
      await onUrl(server(), `DROP DATABASE ${database} WITH (FORCE)`);
      await onUrl(server(), `DROP ROLE ${app}`);
      await onUrl(server(), `DROP ROLE ${owner}`);
    },
  };
}
