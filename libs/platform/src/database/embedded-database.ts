import { accessSync, constants, cpSync, existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { PGlite } from '@electric-sql/pglite' with { 'resolution-mode': 'import' };
import { DatabaseFolderUnusable, lockFolder } from './folder-lock';

export interface EmbeddedDatabaseOptions {
  /** The database lives in `<dataDir>/database`; absent: in memory. */
  dataDir?: string;
  /** Image of a database to start from, made by `dumpDataDir`. */
  template?: Blob;
}

export interface EmbeddedDatabase {
  pglite: PGlite;
  /** Ends the database and frees its folder. May be called again. */
  close(): Promise<void>;
}

/** Made by the build. Where there is none, as under test, PGlite makes one itself in some seconds. */
const EMPTY_DATABASE = join(__dirname, '../../../../embedded-database');

/** PostgreSQL inside this process. It has one session. Throws `DatabaseFolderInUse` or `DatabaseFolderUnusable`. */
export async function openEmbeddedDatabase({ dataDir, template }: EmbeddedDatabaseOptions): Promise<EmbeddedDatabase> {
  if (dataDir === undefined) return start('memory://', { template, unlock: () => undefined });
  // PGlite has no lock of its own.
  const unlock = lockFolder(dataDir);
  const folder = join(dataDir, 'database');
  try {
    // Refused here, it is refused at once and with a reason; PGlite's own error comes late and without one.
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    if (template === undefined) beginWithEmptyDatabase(folder);
    return await start(folder, { template, unlock });
  } catch (error) {
    unlock();
    throw new DatabaseFolderUnusable(dataDir, error);
  }
}

/** Nobody ever finds half of it: the folder gets its content by one rename. */
function beginWithEmptyDatabase(folder: string): void {
  if (existsSync(join(folder, 'PG_VERSION')) || !existsSync(EMPTY_DATABASE)) return;
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  cpSync(EMPTY_DATABASE, draft, { recursive: true });
  renameSync(draft, folder);
}

async function start(folder: string, options: { template?: Blob; unlock: () => void }): Promise<EmbeddedDatabase> {
  const { PGlite } = await import('@electric-sql/pglite');
  const pglite = await PGlite.create({ dataDir: folder, loadDataDir: options.template });
  const close = async (): Promise<void> => {
    if (pglite.closed) return;
    await pglite.close();
    options.unlock();
  };
  return { pglite, close };
}
