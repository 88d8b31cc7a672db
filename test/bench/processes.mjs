import { fork, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';

const START_SECONDS = 30;

/** Nothing of the caller's settings reaches a party, only what its start says. */
const environment = (env) => ({ PATH: process.env.PATH, NODE_ENV: 'production', ...env });

/** Runs `module` as a process of its own, hands it `job` and resolves to what it sends back. */
export async function runDriver(module, job, env = {}) {
  const child = fork(new URL(module, import.meta.url), { env: environment(env) });
  child.send(job);
  const [answer] = await Promise.race([once(child, 'message'), endOf(child, module)]);
  if (child.connected) child.disconnect();
  if (answer.error) throw new Error(`${module}: ${answer.error}`);
  return answer.result;
}

/** Runs a server of ours, which says its port when it listens. */
export async function startServer(module, env = {}) {
  const child = fork(new URL(module, import.meta.url), { env: environment(env) });
  const [{ port }] = await Promise.race([once(child, 'message'), endOf(child, module)]);
  return { port, stop: () => stop(child) };
}

/** Runs a program that answers at `/health/ready` when it is ready. */
export async function startProgram(file, env, readyUrl) {
  const child = spawn(process.execPath, [fileURLToPath(new URL(file, import.meta.url))], {
    env: environment(env),
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  for (const end = Date.now() + START_SECONDS * 1000; !(await answers(readyUrl)); await pause(100)) {
    if (Date.now() < end && child.exitCode === null) continue;
    await stop(child);
    throw new Error(`${file} did not become ready (exit code ${child.exitCode}).`);
  }
  return { pid: child.pid, stop: () => stop(child) };
}

export async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

const answers = (url) =>
  fetch(url).then(
    ({ ok }) => ok,
    () => false,
  );

async function endOf(child, name) {
  const [code, signal] = await once(child, 'exit');
  throw new Error(`${name} ended too early (${signal ?? code}).`);
}

async function stop(child) {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  await once(child, 'exit');
}
