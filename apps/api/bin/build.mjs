// Compiles both apps into dist/, with the templates and styles beside them, the OpenAPI documents and an empty database.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { filesBelow, root } from './prepare.mjs';

const at = (...path) => join(root, ...path);
const startedAt = new Date();

function run(...args) {
  const { status } = spawnSync(process.execPath, args, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

const compiler = at('node_modules/@nestjs/cli/bin/nest.js');
if (!existsSync(compiler)) {
  console.error(
    'The build tools are not installed: this is an install without development dependencies. Build where they are\n' +
      '(`npm ci --include=dev && npm run build`) and take dist along, as the Dockerfile does. Production needs no\n' +
      '`npm start`: it runs `node dist/apps/api/src/main.js`.',
  );
  process.exit(1);
}

const isAsset = (path) => path.includes('/src/') && !/\.(ts|snap|spec\.json)$/.test(path);

rmSync(at('dist'), { recursive: true, force: true });
run(compiler, 'build', '--all', '--parallel');
const files = [...filesBelow(at('apps')), ...filesBelow(at('libs'))].map((file) => relative(root, file));
for (const path of files.filter(isAsset)) cpSync(at(path), at('dist', path));
// What a new embedded database starts from: making one takes seconds, for which a first start would have to wait.
const { PGlite } = await import('@electric-sql/pglite');
await (await PGlite.create(at('dist/embedded-database'))).close();
run(at('dist/apps/api/src/write-openapi.js'));

// Last, and of the time of the start: a source that was saved meanwhile is newer, and built again.
writeFileSync(at('dist/.built'), '');
utimesSync(at('dist/.built'), startedAt, startedAt);
