// Installs from the lockfile and builds, each only when it is out of date. May import only what Node brings.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = join(dirname(fileURLToPath(import.meta.url)), '../../..');
const at = (...path) => join(root, ...path);

export function prepare() {
  requireNode();
  if (isOlder(at('node_modules/.package-lock.json'), [at('package-lock.json')])) {
    step('Installing the dependencies (once)', 'npm', [
      'ci',
      '--include=dev',
      '--loglevel=error',
      '--no-audit',
      '--no-fund',
    ]);
  }
  if (isOlder(at('dist/.built'), sources())) step('Building', process.execPath, [at('apps/api/bin/build.mjs')]);
}

function requireNode() {
  const [major, minor] = process.versions.node.split('.').map(Number);
  if (major > 20 || (major === 20 && minor >= 19)) return;
  console.error(`Rekey needs Node 20.19 or newer; this is ${process.versions.node}.`);
  process.exit(1);
}

function step(title, command, args) {
  console.log(`${title} …`);
  // The npm that runs us, so that the same client installs.
  const npm = process.env.npm_execpath;
  const [program, first] = command === 'npm' && npm ? [process.execPath, [npm]] : [command, []];
  const { status, error } = spawnSync(program, [...first, ...args], { cwd: root, stdio: 'inherit', env: cleanEnv() });
  if (status === 0) return;
  console.error(`${title} failed${error ? `: ${error.message}` : ''}.`);
  process.exit(1);
}

// What the outer npm was told must not make the inner one leave out the build tools.
function cleanEnv() {
  const dropped =
    /^(NODE_ENV|npm_lifecycle_.*|npm_package_.*|npm_config_(omit|include|production|only|global|prefix|dry_run))$/i;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !dropped.test(name)));
}

function sources() {
  const files = ['package-lock.json', 'nest-cli.json', 'tsconfig.json'].map((name) => at(name));
  return [
    ...files,
    ...filesBelow(at('apps')),
    ...filesBelow(at('libs')).filter((file) => !file.includes('/generated/')),
  ];
}

export function filesBelow(folder) {
  return readdirSync(folder, { withFileTypes: true, recursive: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath ?? entry.path, entry.name));
}

function isOlder(made, from) {
  if (!existsSync(made)) return true;
  const madeAt = statSync(made).mtimeMs;
  return from.some((file) => statSync(file).mtimeMs > madeAt);
}
