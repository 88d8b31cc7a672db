import { execFile } from 'node:child_process';
import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';

const ROOT = resolve(__dirname, '../..');
const run = promisify(execFile);

interface Scan {
  filePath: string;
  messages: object[];
}

/** Which of the texts are reported, each in a file of its own. */
async function reportedOf(texts: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-secrets-'));
  try {
    texts.forEach((text, index) => writeFileSync(join(folder, `${index}.txt`), `${text}\n`));
    const config = ['--secretlintrc', join(ROOT, '.secretlintrc.json')];
    const args = [join(ROOT, 'node_modules/secretlint/bin/secretlint.js'), ...config, '--format=json', '*.txt'];
    const { stdout } = await run(process.execPath, args, { cwd: folder }).catch((error: { stdout: string }) => error);
    const reported = (JSON.parse(stdout) as Scan[]).filter(({ messages }) => messages.length > 0);
    return texts.filter((_, index) => reported.some(({ filePath }) => filePath.endsWith(`/${index}.txt`)));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

// In parts, or made here, so that this file holds none of them.
const random = (length: number): string => 'aB3dE6gH9jK2mN5pQ8rS1tU4vW7xY0z'.repeat(8).slice(0, length);
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const CANARIES = [
  `ghp_${random(36)}`,
  `AWS_SECRET_ACCESS_KEY=${random(40)}`,
  String(privateKey.export({ format: 'pem', type: 'pkcs8' })),
  JSON.stringify(privateKey.export({ format: 'jwk' })),
  `postgres://rekey_app:${random(20)}@db.example.org:5432/rekey`,
  `eyJ${random(30)}.eyJ${random(30)}.${random(43)}`,
  `CODE_KEY=${random(43)}`,
  `PASSWORD_PEPPERS: '1:${random(43)}'`,
  `BOOTSTRAP_SERVICE_CLIENT=rescue:${random(43)}`,
];
/** The addresses of the database in what an operator copies. */
const ALLOWED = ['.env.example', 'compose.yaml'].flatMap((file) =>
  [...readFileSync(join(ROOT, file), 'utf8').matchAll(/^.*?(postgres:\/\/[\w:@/-]+)$/gm)].map(([, url]) => String(url)),
);

describe('the scan for secrets [S-139]', () => {
  it('reports a canary of each kind', async () => {
    expect(await reportedOf(CANARIES)).toEqual(CANARIES);
  });

  it('lets the known values of development stand, and no other spelling of them', async () => {
    expect(ALLOWED).toHaveLength(3);
    const altered = ALLOWED.flatMap((value) => [`${value}2`, value.replace('@postgres', '@postgres.example.org')]);
    expect(await reportedOf([...ALLOWED, ...altered])).toEqual(altered);
  });
});
