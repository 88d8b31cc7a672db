import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';

const SCRIPT = resolve(__dirname, '../check-security.mjs');
const TABLE = `## A · Passwords
| id | priority | what holds | in place of a test |
|---|---|---|---|
| S-1 | P0 | one | |
| S-2 | P1 | two | |
| S-3 | P2 | three | |
| S-4 | P0 | four | there is none of it |

## R-n · Races
| id | priority | what holds | in place of a test |
|---|---|---|---|
| R1 | – | race | |
`;
const TITLES = `describe('what [S-1] says', () => it.each([['[S-2 R1] a'], ['b']])('%s', () => {}));`;

/** What the check says of a tree with this table and this test, and its exit code. */
async function check(spec: string, ...wanted: string[]): Promise<[lines: string[], exitCode: number]> {
  return checkTree({ 'test/a.int-spec.ts': spec }, ...wanted);
}

async function checkTree(tree: object, ...wanted: string[]): Promise<[lines: string[], exitCode: number]> {
  const folder = mkdtempSync(join(tmpdir(), 'rekey-rows-'));
  const files = { 'docs/security-rows.md': TABLE, 'apps/x': '', 'libs/x': '', ...tree };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), String(text));
  }
  try {
    return await new Promise((done) => {
      execFile(process.execPath, [SCRIPT, ...wanted], { cwd: folder }, (error, stdout) =>
        done([stdout.trim().split('\n'), Number(error?.code ?? 0)]),
      );
    });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

describe('the check of security rows', () => {
  it('passes when titles and their tables name each row that must be shown', async () => {
    const [lines, exitCode] = await check(TITLES);
    expect(lines).toEqual([
      'A Passwords: 2 with a test, 1 with a reason, 1 with neither',
      '  S-3 P2 has no test',
      'R-n Races: 1 with a test, 0 with a reason, 0 with neither',
    ]);
    expect(exitCode).toBe(0);
  });

  // Functions, so that the check takes none of this for a title of ours.
  it.each([
    ['a comment', (spec: string) => `${spec} // [S-1]\n/** [S-1] */`],
    ['a value', (spec: string) => `${spec} expect('[S-1]').toBe('[S-1]');`],
    ['a test that is skipped', (spec: string) => `${spec} it.${'skip'}('[S-1] is', () => {});`],
    ['the body of a test', (spec: string) => `${spec} it('is', () => { say('[S-1]'); });`],
  ])('fails on a row that stands only in %s', async (_where, hide) => {
    const [lines, exitCode] = await check(hide(TITLES.replace('[S-1]', '')));
    expect(lines).toContain('  S-1 P0 has no test');
    expect(exitCode).toBe(1);
  });

  it('fails on a race that no title names', async () => {
    const [lines, exitCode] = await check(TITLES.replace(' R1', ''));
    expect(lines).toContain('  R1 – has no test');
    expect(exitCode).toBe(1);
  });

  it('fails on an id that is in no row', async () => {
    const [lines, exitCode] = await check(`${TITLES} it('[S-5] is', () => {});`);
    expect(lines).toContain('S-5 of test/a.int-spec.ts is in no row');
    expect(exitCode).toBe(1);
  });

  it('looks at the sections and rows alone that it is asked for', async () => {
    const spec = TITLES.replace(' R1', '');
    expect((await check(spec, 'A'))[1]).toBe(0);
    expect((await check(spec, 'A', 'R1'))[1]).toBe(1);
    expect((await check(spec, 'Z'))[1]).toBe(1);
  });

  it('fails on a promise of the threat model whose row has no test, or that is no row', async () => {
    const promise = (id: string) => ({ 'test/a.int-spec.ts': TITLES, 'docs/threat-model.md': `It holds [${id}].` });
    expect(await checkTree(promise('S-2'))).toEqual([expect.any(Array), 0]);
    expect(await checkTree(promise('S-3'))).toEqual([expect.any(Array), 1]);
    expect(await checkTree(promise('S-9'))).toEqual([
      expect.arrayContaining(['S-9 of docs/threat-model.md is in no row']),
      1,
    ]);
  });
});
