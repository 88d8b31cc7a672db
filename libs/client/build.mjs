// Makes the package in dist/client: the types from the built OpenAPI documents, then the code. Needs a build of the service.
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import openapiTS, { astToString } from 'openapi-typescript';

const here = dirname(fileURLToPath(import.meta.url));
const dist = join(here, '../../dist');
const generated = join(here, 'src/generated');

mkdirSync(generated, { recursive: true });
for (const name of ['account', 'internal']) {
  const types = await openapiTS(pathToFileURL(join(dist, `openapi/${name}.json`)));
  writeFileSync(join(generated, `${name}.ts`), astToString(types));
}
const tsc = join(here, '../../node_modules/typescript/bin/tsc');
const { status } = spawnSync(process.execPath, [tsc, '-p', here], { stdio: 'inherit' });
if (status !== 0) process.exit(status ?? 1);
for (const name of ['package.json', 'README.md']) cpSync(join(here, name), join(dist, 'client', name));
