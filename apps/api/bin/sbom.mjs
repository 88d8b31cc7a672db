// Prints what a release is made of, as CycloneDX: npm run --silent sbom
// `npm sbom --omit=dev` alone leaves out each package that a tool of development needs too, zod and @nestjs/core among
// them. So npm is shown a project that has no such tools. Asks nobody: the lockfile says it all.
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(import.meta.dirname, '../../..');
const read = (file) => JSON.parse(readFileSync(join(ROOT, file), 'utf8'));
const { name, version, license, dependencies } = read('package.json');
const lock = read('package-lock.json');
const released = Object.entries(lock.packages).filter(([path, { dev, devOptional }]) => path && !dev && !devOptional);
const manifest = { name, version, license, dependencies };

const folder = mkdtempSync(join(tmpdir(), 'rekey-sbom-'));
try {
  // npm takes the name of the folder for that of the project.
  const project = join(folder, name);
  mkdirSync(project);
  const write = (file, value) => writeFileSync(join(project, file), JSON.stringify(value));
  write('package.json', manifest);
  write('package-lock.json', { ...lock, packages: { '': manifest, ...Object.fromEntries(released) } });
  const args = ['sbom', '--package-lock-only', '--sbom-format=cyclonedx'];
  process.exitCode = spawnSync('npm', args, { cwd: project, stdio: 'inherit' }).status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
