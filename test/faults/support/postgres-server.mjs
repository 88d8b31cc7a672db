import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, run, temporaryFolder } from '../../support/processes.mjs';

const DEBIAN = '/usr/lib/postgresql';
const newest = readdirSync(DEBIAN)
  .sort((a, b) => Number(a) - Number(b))
  .at(-1);
const isRoot = process.getuid() === 0;

/** A PostgreSQL of the test's own, which may be stopped. It listens; `remove` ends it. `options` are those of `postgres`. */
export async function newServer(options = []) {
  const [folder, port] = [temporaryFolder(), await freePort()];
  if (isRoot) spawnSync('chown', ['postgres', folder]);
  const data = join(folder, 'data');
  const control = (...args) => asPostgres('pg_ctl', '-w', '-D', data, ...args);
  const start = () =>
    control('-l', join(folder, 'log'), '-o', `-p ${port} -k ${folder} -h 127.0.0.1 ${options.join(' ')}`, 'start');
  const stop = () => control('-m', 'immediate', 'stop');
  await asPostgres('initdb', '-A', 'trust', '-U', 'postgres', '-D', data);
  await start();
  const url = new URL(`postgres://postgres@127.0.0.1:${port}/postgres`);
  const log = () => readFileSync(join(folder, 'log'), 'utf8');
  return { port, url, start, stop, log, remove: () => stop().catch(() => undefined) };
}

/** It refuses to run as root. */
async function asPostgres(program, ...args) {
  const command = [join(DEBIAN, newest, 'bin', program), ...args];
  const [first, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
  const { code, stderr } = await run(first, rest, { cwd: '/' });
  if (code !== 0) throw new Error(`${program} failed: ${stderr}`);
}
