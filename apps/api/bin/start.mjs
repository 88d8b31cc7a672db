import { pathToFileURL } from 'node:url';
import { join } from 'node:path';
import { prepare, root } from './prepare.mjs';

prepare();
if (!process.argv.includes('--only-prepare')) {
  // Read when libuv starts its first pool thread, which is later than this: hashing must leave room for DNS and files.
  process.env.UV_THREADPOOL_SIZE ??= String(Math.max(4, (await import('node:os')).availableParallelism() + 2));
  // In this process: a signal to it reaches the service, with nothing in between that could swallow it.
  await import(pathToFileURL(join(root, 'dist/apps/api/src/main.js')).href);
}
