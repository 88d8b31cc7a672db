// Runs outside Jest's module mapper: relative imports only.
import 'reflect-metadata';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createDataSource } from '../libs/platform/src/database/data-source';
import { openEmbeddedDatabase } from '../libs/platform/src/database/embedded-database';
import { migrate } from '../libs/platform/src/database/migrate';

/** Migrates one embedded database and keeps its image: a test file starts from it in 0.5 s in place of 2.5 s. */
export default async function setUp(): Promise<void> {
  const dataDir = mkdtempSync(join(tmpdir(), 'rekey-test-'));
  const dataSource = await createDataSource({ dataDir, entities: [] });
  await migrate(dataSource);
  await dataSource.destroy();

  const database = await openEmbeddedDatabase({ dataDir });
  const image = await database.pglite.dumpDataDir('none');
  await database.close();
  rmSync(join(dataDir, 'database'), { recursive: true });

  process.env.TEST_EMBEDDED_IMAGE = join(dataDir, 'image.tar');
  writeFileSync(process.env.TEST_EMBEDDED_IMAGE, Buffer.from(await image.arrayBuffer()));
}
