import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SEEDED_BUGS } from './seeded-bugs.mjs';
import { withTemplate } from './template.mjs';

const JEST = resolve('node_modules/jest/bin/jest.js');
// Always the same folder, else Jest knows none of the files again.
const COPY = resolve('artefacts/mutation/seeded');
const wanted = process.argv.slice(2).join(' ');
copyProject();
try {
  await withTemplate(noticeAll);
} finally {
  rmSync(COPY, { recursive: true });
}

function noticeAll(template) {
  const bugs = SEEDED_BUGS.filter(({ name }) => name.match(wanted));
  const without = test(template, bugs);
  if (without.failed.length > 0 || without.broken > 0) throw new Error(`Without a bug: ${without.failed.join('\n')}`);
  const unnoticed = bugs.filter((bug) => !isNoticed(template, bug));
  console.log(`${bugs.length - unnoticed.length} of ${bugs.length} seeded bugs were noticed.`);
  if (unnoticed.length > 0) throw new Error(`Nobody noticed: ${unnoticed.map(({ name }) => name).join(', ')}.`);
}

function isNoticed(template, bug) {
  const restore = bug.edits.map(seed);
  try {
    const { failed, broken } = test(template, [bug]);
    if (failed.length === 0 && broken > 0) throw new Error(`With the bug "${bug.name}" the tests do not load.`);
    const who = failed.length > 0 ? `noticed by ${failed.length}, first: ${failed[0]}` : 'UNNOTICED';
    console.log(`${bug.name}: ${who}`);
    return failed.length > 0;
  } finally {
    for (const undo of restore.reverse()) undo();
  }
}

/** The file as it was comes back by the function that this returns. */
function seed([file, from, to]) {
  const path = join(COPY, file);
  const text = readFileSync(path, 'utf8');
  if (text.split(from).length !== 2) throw new Error(`${file} does not hold this once:\n${from}`);
  writeFileSync(
    path,
    text.replace(from, () => to),
  );
  return () => writeFileSync(path, text);
}

/** The titles of the tests that fail, and how many files are broken. */
function test(template, bugs) {
  const report = join(COPY, 'report.json');
  const files = [...new Set(bugs.map((bug) => bug.test))];
  const titles = [...new Set(bugs.map((bug) => bug.titles))].join('|');
  const options = [
    '--config=test/mutation/seeded.jest.config.cjs',
    '--runInBand',
    '--forceExit',
    '--json',
    `--outputFile=${report}`,
  ];
  const env = { ...process.env, TEST_DATABASE_TEMPLATE: template };
  const command = [JEST, ...options, `--testNamePattern=${titles}`, '--runTestsByPath', ...files];
  spawnSync(process.execPath, command, { cwd: COPY, env, stdio: 'ignore' });
  const {
    testResults,
    numRuntimeErrorTestSuites: broken,
    numPassedTests,
    numFailedTests,
  } = JSON.parse(readFileSync(report, 'utf8'));
  rmSync(report);
  if (numPassedTests + numFailedTests === 0) throw new Error(`There is no test ${titles} in ${files.join(', ')}.`);
  const results = testResults.flatMap(({ assertionResults }) => assertionResults);
  return { broken, failed: results.filter(({ status }) => status === 'failed').map(({ fullName }) => fullName) };
}

function copyProject() {
  rmSync(COPY, { recursive: true, force: true });
  const isSource = (path) => !path.includes('/node_modules');
  for (const name of ['apps', 'libs', 'test', 'package.json', 'tsconfig.json']) {
    cpSync(name, join(COPY, name), { recursive: true, filter: isSource });
  }
  for (const name of ['node_modules', 'dist']) symlinkSync(resolve(name), join(COPY, name));
}
