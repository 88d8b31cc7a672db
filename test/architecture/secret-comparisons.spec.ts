import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');
// Of our configuration this rule alone: the others need the types of the whole project.
const CONFIG = `
  import config from ${JSON.stringify(join(ROOT, 'eslint.config.mjs'))};
  export default config.filter(({ rules }) => rules?.['no-restricted-syntax']);`;

/** Which of the lines the lint rule reports, in a file of a library. */
async function reportedOf(lines: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-lint-'));
  try {
    mkdirSync(join(folder, 'libs'));
    writeFileSync(join(folder, 'eslint.config.mjs'), CONFIG);
    writeFileSync(join(folder, 'libs/a.ts'), lines.join('\n'));
    const args = [join(ROOT, 'node_modules/eslint/bin/eslint.js'), '--format=json', 'libs/a.ts'];
    const report = await new Promise<string>((done) => {
      execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => done(stdout));
    });
    const [{ messages }] = JSON.parse(report) as [{ messages: { line: number }[] }];
    return lines.filter((_, index) => messages.some(({ line }) => line === index + 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const CANARIES = [
  'x = token === row.given;',
  'x = given !== row.tokenHash;',
  'x = hmac == expected;',
  'x = row.code_digest != given;',
  'x = resetToken === cancelToken;',
  'x = client.clientSecret === given;',
  'x = given === code;',
  'x = signature === given;',
  'x = digest(given) !== hash;',
  'x = given === this.apiKey;',
  'x = tokenHash.equals(given);',
  'x = given.equals(row.hmac);',
];
const SOUND = [
  'x = token === null;',
  'x = apiKey !== undefined;',
  "x = code === 'code.invalid';",
  'x = error.code === ALGORITHM;',
  'x = typeof secret === "string";',
  'x = token.length === given.length;',
  'x = purpose === binding.purpose;',
  'x = equalBytes(tokenHash, given);',
];

describe('the lint rule against comparing secrets [S-15]', () => {
  it('reports each way to compare one byte after the other, and nothing else', async () => {
    expect(await reportedOf([...CANARIES, ...SOUND])).toEqual(CANARIES);
  });
});
