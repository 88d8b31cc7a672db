import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { PGlite } from '@electric-sql/pglite';

const MAIN = fileURLToPath(new URL('../../dist/apps/api/src/main.js', import.meta.url));
const START_SECONDS = 60;
/** The tables of what mails link to. */
const LINKS = ['pending_email_change', 'undo_token', 'not_me_token', 'reset_token'];

/** The built service in development mode, with an empty folder and free ports of its own. */
export async function startService(settings = {}) {
  const dataDir = mkdtempSync(join(tmpdir(), 'rekey-browser-'));
  const [port, internalPort] = [await freePort(), await freePort()];
  const env = {
    PATH: process.env.PATH,
    DATA_DIR: dataDir,
    PORT: String(port),
    INTERNAL_PORT: String(internalPort),
    ...settings,
  };
  const publicUrl = `http://localhost:${port}`;
  let service;
  const start = async () => {
    service = spawn(process.execPath, [MAIN], { env, stdio: ['ignore', 'ignore', 'inherit'] });
    await untilReady(publicUrl, service);
  };
  const stop = async () => {
    await end(service);
    rmSync(dataDir, { recursive: true, force: true });
  };
  try {
    await start();
  } catch (error) {
    await stop();
    throw error;
  }
  /** Meanwhile it is not there: its database belongs to one process. */
  const expireLinks = async () => {
    await end(service);
    const database = await PGlite.create(join(dataDir, 'database'));
    for (const table of LINKS) await database.query(`UPDATE ${table} SET expires_at = now()`);
    await database.close();
    await start();
  };
  return { publicUrl, internalUrl: `http://localhost:${internalPort}`, expireLinks, stop };
}

async function end(service) {
  if (service.exitCode !== null) return;
  service.kill('SIGTERM');
  await once(service, 'exit');
}

async function freePort() {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address();
  server.close();
  await once(server, 'close');
  return port;
}

async function untilReady(url, service) {
  const end = Date.now() + START_SECONDS * 1000;
  while (Date.now() < end && service.exitCode === null) {
    const answer = await fetch(`${url}/health/ready`).catch(() => null);
    if (answer?.ok) return;
    await pause(100);
  }
  throw new Error(`The service did not become ready (exit code ${service.exitCode}).`);
}
