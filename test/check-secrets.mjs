// Looks for credentials in every file that git tracks. Run by `npm run check:secrets`; .secretlintrc.json names what is
// looked for, and the known values of development that may stand.
import { spawnSync } from 'node:child_process';

const { stdout } = spawnSync('git', ['ls-files', '-z'], { encoding: 'utf8' });
const files = stdout.split('\0').filter(Boolean);
// A scan of nothing must not pass for a clean one.
if (files.length === 0) throw new Error('git names no file here.');

const { status } = spawnSync(process.execPath, ['node_modules/secretlint/bin/secretlint.js', '--no-glob', ...files], {
  stdio: 'inherit',
});
if (status === 0) console.log(`${files.length} files without a secret`);
process.exit(status ?? 1);
