import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { freePort, run, temporaryFolder } from '../../support/processes.mjs';

const DEBIAN = '/usr/lib/postgresql';
const newest = readdirSync(DEBIAN)
  .sort((a, b) => Number(a) - Number(b))
  .at(-1);
const isRoot = process.getuid() === 0;

/** A PostgreSQL of the test's own, which may be stopped. It listens; `remove` ends it. */
export async function newServer() {
  const [folder, port] = [temporaryFolder(), await freePort()];
  if (isRoot) spawnSync('chown', ['postgres', folder]);
  const data = join(folder, 'data');
  const control = (...args) => asPostgres('pg_ctl', '-w', '-D', data, ...args);
  const start = () => control('-l', join(folder, 'log'), '-o', `-p ${port} -k ${folder} -h 127.0.0.1`, 'start');
  const stop = () => control('-m', 'immediate', 'stop');
  await asPostgres('initdb', '-A', 'trust', '-U', 'postgres', '-D', data);
  await start();
  const url = new URL(`postgres://postgres@127.0.0.1:${port}/postgres`);
  return { port, url, start, stop, remove: () => stop().catch(() => undefined) };
}

/** It refuses to run as root. */
async function asPostgres(program, ...args) {
  const command = [join(DEBIAN, newest, 'bin', program), ...args];
  const [first, ...rest] = isRoot ? ['runuser', '-u', 'postgres', '--', ...command] : command;
  const { code, stderr } = await run(first, rest, { cwd: '/' });
  if (code !== 0) throw new Error(`${program} failed: ${stderr}`);
}
