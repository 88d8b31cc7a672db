import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

/** A live process has the folder open. Two on one folder would lose data silently. */
export class DatabaseFolderInUse extends Error {
  constructor(folder: string, pid: number) {
    super(`The data folder ${folder} is in use by process ${pid}: stop that process, or choose another folder.`);
    this.name = 'DatabaseFolderInUse';
  }
}

/** The folder can't be created, written or read. `cause` holds the first error. */
export class DatabaseFolderUnusable extends Error {
  constructor(folder: string, cause: unknown) {
    const reason = (cause as Partial<Error>).message?.split('\n')[0] ?? 'the database in it does not open';
    super(`The data folder ${folder} can't be used: ${reason}`, { cause });
    this.name = 'DatabaseFolderUnusable';
  }
}

interface Holder {
  pid: number;
  /** See `startOf`. A pid alone may be a new process that got a dead one's number. */
  startedAt?: string;
}

/**
 * Takes `<folder>/database.lock`, a directory whose file `holder` names this process. A dead holder's lock is taken over.
 * Every step is one rename, so a process killed at any point leaves nothing half done.
 * Returns the release. Throws `DatabaseFolderInUse` or `DatabaseFolderUnusable`.
 */
export function lockFolder(folder: string): () => void {
  const lock = join(folder, 'database.lock');
  try {
    mkdirSync(folder, { recursive: true });
    const claim = takeLock(folder, lock);
    return () => release(folder, { lock, claim });
  } catch (error) {
    throw error instanceof DatabaseFolderInUse ? error : new DatabaseFolderUnusable(folder, error);
  }
}

/** Returns the name that the lock had before it was moved into place. */
function takeLock(folder: string, lock: string): string {
  const claim = mkdtempSync(`${lock}.claim-`);
  try {
    const holder: Holder = { pid: process.pid, startedAt: startOf(process.pid) };
    writeFileSync(join(claim, 'holder'), JSON.stringify(holder));
    // A directory can't be moved onto one that holds a file: of all who try, one gets the name.
    while (!moved(claim, lock, ['ENOTEMPTY', 'EEXIST'])) moveAsideIfDead(folder, lock);
    return claim;
  } catch (error) {
    rmSync(claim, { recursive: true, force: true });
    throw error;
  }
}

function moveAsideIfDead(folder: string, lock: string): void {
  const seen = identityOf(lock);
  const holder = readHolder(lock);
  // Freed, or in other hands since: look again.
  if (seen === undefined || identityOf(lock) !== seen) return;
  if (holder && isAlive(holder)) throw new DatabaseFolderInUse(folder, holder.pid);
  // Named after what was judged dead: once that is moved, the name is taken, so a slower starter can't move its successor.
  moved(lock, `${lock}.dead-${seen}`, ['ENOTEMPTY', 'EEXIST', 'ENOENT']);
}

function release(folder: string, { lock, claim }: { lock: string; claim: string }): void {
  // Moved before it is emptied: half removed, it would be taken for a lock without a holder.
  if (!moved(lock, claim, ['ENOENT'])) return;
  const dead = readdirSync(folder).filter((name) => name.startsWith('database.lock.dead-'));
  for (const path of [claim, ...dead.map((name) => join(folder, name))]) rmSync(path, { recursive: true, force: true });
}

function moved(from: string, to: string, refusals: string[]): boolean {
  try {
    renameSync(from, to);
    return true;
  } catch (error) {
    if (refusals.includes(String((error as NodeJS.ErrnoException).code))) return false;
    throw error;
  }
}

/** By its birth too: a lock that was freed gives its inode to the next one. */
function identityOf(lock: string): string | undefined {
  const stat = statSync(lock, { bigint: true, throwIfNoEntry: false });
  return stat && `${stat.ino}-${stat.birthtimeNs}`;
}

/** Undefined: no holder wrote it, or the machine crashed before it reached the disk. */
function readHolder(lock: string): Holder | undefined {
  try {
    const holder = JSON.parse(readFileSync(join(lock, 'holder'), 'utf8')) as Holder;
    return holder.pid > 0 ? holder : undefined;
  } catch {
    return undefined;
  }
}

function isAlive({ pid, startedAt }: Holder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ESRCH') return false;
  }
  const start = startOf(pid);
  return start === undefined || start === startedAt;
}

/** Clock ticks from boot to the start of a process (proc(5), field 22); `undefined` where /proc doesn't show it. */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    // Killed, but not yet reaped by its parent: it runs no more.
    return state === 'Z' ? 'ended' : fields[18];
  } catch {
    return undefined;
  }
}
