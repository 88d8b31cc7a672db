import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';

/** All that a process under test inherits: no setting of whoever runs the tests. */
const CLEAN_ENV = { PATH: process.env.PATH, HOME: process.env.HOME, LANG: 'C.UTF-8' };

const running = new Set();
const folders = [];
// What a test that failed has left behind would keep this process, or the disk, for ever.
after(() => {
  for (const child of running) killGroup(child);
});
process.on('exit', () => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});

/** A real process. `output` grows while it runs; `ended` resolves with `{code, signal, stdout, stderr}`. */
export function start(command, args, { cwd, env = {} } = {}) {
  // A group of its own: what it starts ends with it.
  const child = spawn(command, args, {
    cwd,
    env: { ...CLEAN_ENV, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].setEncoding('utf8').on('data', (text) => (output[name] += text));
  running.add(child);
  const ended = once(child, 'close').then(([code, signal]) => {
    running.delete(child);
    return { code, signal, ...output };
  });
  return { child, output, ended, kill: (signal) => child.kill(signal) };
}

/** The same, once it has ended. */
export const run = (...args) => start(...args).ended;

function killGroup(child) {
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch {
    // It has ended meanwhile.
  }
}

/** Sends a signal and tells how the process ended and after how many seconds. */
export async function stop({ kill, ended }, signal = 'SIGTERM') {
  const from = performance.now();
  kill(signal);
  const end = await ended;
  return { ...end, seconds: secondsSince(from) };
}

export const secondsSince = (from) => Math.round((performance.now() - from) / 100) / 10;

/** Asks again until it is given something, and throws what `what` says when it never is. */
export async function eventually(ask, what, seconds = 30) {
  for (const end = performance.now() + seconds * 1000; performance.now() < end; await sleep(50)) {
    const answer = await ask();
    if (answer) return answer;
  }
  throw new Error(`In ${seconds} s there was no ${what}.`);
}

/** A folder that is removed when this process ends. */
export function temporaryFolder() {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-test-'));
  folders.push(folder);
  return folder;
}

export async function freePort() {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address();
  probe.close();
  await once(probe, 'close');
  return port;
}
