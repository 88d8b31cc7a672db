import { createDataSource, migrate, SettingsError, startFailure } from '@app/platform';

/** `node dist/apps/api/src/migrate.js`: brings the schema up to date before the processes start. */
async function main(): Promise<void> {
  // An owner of the tables may differ from the role that serves requests.
  const url = process.env.MIGRATION_DATABASE_URL || process.env.DATABASE_URL;
  if (!url) throw new SettingsError([{ name: 'MIGRATION_DATABASE_URL', expected: 'must be set, or DATABASE_URL' }]);
  const dataSource = await createDataSource({ url, entities: [], poolSize: 1 });
  try {
    const applied = await migrate(dataSource);
    console.log(applied.length > 0 ? `migrated: ${applied.join(', ')}` : 'migrated: nothing was pending');
  } finally {
    await dataSource.destroy();
  }
}

main().catch((error: unknown) => {
  console.error(startFailure(error));
  process.exitCode = 1;
});
