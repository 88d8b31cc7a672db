import { randomBytes } from 'node:crypto';
import { onUrl, serverUrl } from '../../support/postgres.mjs';

/**
 * A database with an owner and an application role as `rolesSql` makes it, under names of this run.
 * `query` is the owner's; `drop` removes all.
 */
export async function installDatabase(rolesSql) {
  const suffix = randomBytes(6).toString('hex');
  const [database, owner, app] = [`rekey_release_${suffix}`, `rekey_owner_${suffix}`, `rekey_app_${suffix}`];
  await onUrl(serverUrl(), `CREATE ROLE ${owner} LOGIN CREATEROLE PASSWORD 'rekey-owner'`);
  await onUrl(serverUrl(), `CREATE DATABASE ${database} OWNER ${owner}`);
  const urlOf = (role, password) => {
    const url = serverUrl();
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
      await onUrl(serverUrl(), `DROP DATABASE ${database} WITH (FORCE)`);
      await onUrl(serverUrl(), `DROP ROLE ${app}`);
      await onUrl(serverUrl(), `DROP ROLE ${owner}`);
    },
  };
}
