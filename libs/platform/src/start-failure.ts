import { SettingsError } from './config/settings-error';
import { DatabaseUnreachable } from './database/database-unreachable';
import { DatabaseFolderInUse, DatabaseFolderUnusable } from './database/folder-lock';
import { DatabaseNotMigrated } from './database/migrate';

const MENDABLE = [SettingsError, DatabaseFolderInUse, DatabaseFolderUnusable, DatabaseNotMigrated, DatabaseUnreachable];

/** What a process says when it can't start: what an operator can mend without a trace, the unexpected with it. */
export function startFailure(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return MENDABLE.some((kind) => error instanceof kind) ? error.message : (error.stack ?? error.message);
}
