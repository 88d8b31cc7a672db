import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../../support/api.mjs';
import { run } from '../../support/processes.mjs';

export const RUNBOOK = readFileSync(join(ROOT, 'docs/runbook.md'), 'utf8');

/** Every block of commands, by its section: `[{section, commands}]`. */
export const BLOCKS = [...RUNBOOK.matchAll(/^#{2,3} (.+)$|^( *)```sh\n([^]*?)^ *```$/gm)].reduce(
  ({ section, blocks }, [, heading, , commands]) =>
    heading ? { section: heading, blocks } : { section, blocks: [...blocks, { section, commands }] },
  { section: '', blocks: [] },
).blocks;

/** These have a test file of their own. */
const OF_RESTORE = ['Restore from a backup', 'Everybody needs new secrets'];
const wasRun = new Set();
/** Of the restore, or of all else. */
export const neverRun = ({ ofRestore }) =>
  BLOCKS.filter((block) => !wasRun.has(block) && OF_RESTORE.includes(block.section) === ofRestore);

export const CLIENT = 'dev:dev-secret-change-me-0000000000000000';

/** The variables that the runbook asks for. */
export const operatorOf = (database, replica, more) => ({
  DATABASE_URL: database.url,
  MIGRATION_DATABASE_URL: database.url,
  PUBLIC: `http://127.0.0.1:${replica.port}`,
  INTERNAL: `http://127.0.0.1:${replica.internalPort}`,
  CLIENT,
  ...more,
});

/** What the commands of a section print; `which` of its blocks, all when left out. `alter` makes another choice in them. */
export async function follow(section, env, which, alter = (commands) => commands) {
  const blocks = BLOCKS.filter((block) => block.section === section);
  const wanted = which === undefined ? blocks : [blocks[which]];
  // Without a service that answers there is no token, and nothing that needs one.
  const all = env.INTERNAL ? [BLOCKS[0], ...wanted] : wanted;
  const script = alter(all.map(({ commands }) => commands).join('\n'));
  const { code, stdout, stderr } = await run('bash', ['-euo', 'pipefail', '-c', script], { cwd: ROOT, env });
  if (code !== 0) throw new Error(`${script}\nended with ${code}: ${stderr}\n${stdout}`);
  for (const block of all) wasRun.add(block);
  return stdout;
}
