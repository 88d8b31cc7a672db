import { cpSync, existsSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/api.mjs';
import { run } from '../../support/processes.mjs';

/** Puts into `folder` what a clone would hold once everything in this tree that git does not ignore is committed. */
export async function copyRepository(folder, isWanted = () => true) {
  const { stdout } = await run('git', ['ls-files', '-z', '--cached', '--others', '--exclude-standard'], { cwd: ROOT });
  const paths = stdout.split('\0').filter((path) => path && isWanted(path) && existsSync(join(ROOT, path)));
  for (const path of paths) cpSync(join(ROOT, path), join(folder, path));
}
