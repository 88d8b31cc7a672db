import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '../..');

/** Which of the lines a rule of our configuration reports, in a file of a library. */
export async function reportedBy(rule: string, lines: readonly string[]): Promise<string[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-lint-'));
  try {
    mkdirSync(join(folder, 'libs'));
    writeFileSync(join(folder, 'eslint.config.mjs'), configOf(rule));
    writeFileSync(join(folder, 'libs/a.ts'), lines.join('\n'));
    const args = [join(ROOT, 'node_modules/eslint/bin/eslint.js'), '--format=json', 'libs/a.ts'];
    const report = await new Promise<string>((done) => {
      execFile(process.execPath, args, { cwd: folder }, (_error, stdout) => done(stdout));
    });
    const [{ messages }] = JSON.parse(report) as [{ messages: Message[] }];
    const reported = messages.filter(({ ruleId }) => ruleId === rule);
    return lines.filter((_, index) => reported.some(({ line }) => line === index + 1));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

interface Message {
  ruleId: string;
  line: number;
}

/** What configures this rule alone: others need the types of the whole project. */
const configOf = (rule: string): string => `
  import config from ${JSON.stringify(join(ROOT, 'eslint.config.mjs'))};
  export default config.filter(({ rules }) => rules?.['${rule}']);`;
