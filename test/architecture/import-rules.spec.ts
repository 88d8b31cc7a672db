import { execFile } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');
const run = promisify(execFile);

/** Breaches of the import rules, each as `rule: from → to`, in a tree of the given files. */
async function breachesIn(files: Record<string, string>): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-imports-'));
  try {
    for (const [name, text] of Object.entries(files)) {
      mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), text);
    }
    for (const shared of ['node_modules', 'tsconfig.json']) symlinkSync(join(ROOT, shared), join(folder, shared));
    const cruiser = join(ROOT, 'node_modules/dependency-cruiser/bin/dependency-cruise.mjs');
    const args = [cruiser, '--config', join(ROOT, '.dependency-cruiser.cjs'), '--output-type', 'json', 'apps', 'libs'];
    const { stdout } = await run(process.execPath, args, { cwd: folder }).catch((error: { stdout: string }) => error);
    const { summary } = JSON.parse(stdout) as { summary: { violations: Breach[] } };
    return summary.violations.map(({ rule, from, to }) => `${rule.name}: ${from} → ${to}`);
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Breach {
  rule: { name: string };
  from: string;
  to: string;
}

const SOUND_TREE = {
  'libs/account/src/index.ts': 'export {};',
  'libs/account/src/hidden.ts': 'export {};',
  'libs/session/src/index.ts': 'export {};',
  'libs/platform/src/index.ts': 'export {};',
  'apps/api/src/an-app.ts': `import '../../../libs/account/src/index';`,
  'apps/api/src/dialects/two/two.ts': 'export {};',
};

/** One breach of each rule. */
const CANARIES = [
  ['account-imports-only-what-it-may', 'libs/account/src/a.ts', `import '../../session/src/index';`],
  ['libraries-know-no-app', 'libs/account/src/b.ts', `import '../../../apps/api/src/an-app';`],
  ['across-libraries-by-their-index', 'apps/api/src/c.ts', `import '../../../libs/account/src/hidden';`],
  ['dialects-know-no-other-dialect', 'apps/api/src/dialects/one/d.ts', `import '../two/two';`],
  [
    'dialects-know-the-port-and-the-core',
    'apps/api/src/dialects/one/e.ts',
    `import '../../../../../libs/platform/src/index';`,
  ],
  ['libraries-know-no-http', 'libs/account/src/f.ts', `import 'fastify';`],
  ['contracts-import-nothing', 'libs/contracts/src/g.ts', `import 'node:fs';`],
] as const;

describe('import rules', () => {
  it('report each breach that a canary commits', async () => {
    const canaries = CANARIES.map(([, file, text]) => [file, `${text}\nexport {};`]);
    const breaches = (await breachesIn({ ...SOUND_TREE, ...Object.fromEntries(canaries) })).join('\n');
    for (const [rule, file] of CANARIES) expect(breaches).toContain(`${rule}: ${file} → `);
  });

  it('report nothing in a tree without a breach', async () => {
    expect(await breachesIn(SOUND_TREE)).toEqual([]);
  });
});
