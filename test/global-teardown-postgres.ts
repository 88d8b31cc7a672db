import { onServer } from './support/postgres-server';

/** Drops the template and every copy that a test left behind. */
export default async function tearDown(): Promise<void> {
  const template = process.env.TEST_DATABASE_TEMPLATE;
  if (!template) return;
  const left = await onServer<{ datname: string }>(
    `SELECT datname FROM pg_database WHERE starts_with(datname, '${template}')`,
  );
  for (const { datname } of left) await onServer(`DROP DATABASE ${datname} WITH (FORCE)`);
}
