import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { SEEDED_BUGS, type SeededBug } from '../mutation/seeded-bugs.mjs';

const ROOT = resolve(__dirname, '../..');
const read = (file: string): string => readFileSync(join(ROOT, file), 'utf8');

/** What keeps a bug from being put in: edit after edit, what it takes away must stand there once. */
function misfitsOf({ edits }: Pick<SeededBug, 'edits'>, textOf = read): string[] {
  const edited = new Map<string, string>();
  return edits.flatMap(([file, from, to]) => {
    const parts = (edited.get(file) ?? textOf(file)).split(from);
    edited.set(file, parts.join(to));
    return parts.length === 2 && from !== to ? [] : [`${file} holds this ${parts.length - 1} times: ${from}`];
  });
}

// To put them in and wait for the tests takes so long that it is not done at every change.
describe('the seeded bugs', () => {
  it.each(SEEDED_BUGS.map((bug) => [bug.name, bug] as const))('%s: fits the code as it stands', (_name, bug) => {
    expect(misfitsOf(bug)).toEqual([]);
  });

  it('are looked for by tests that exist', () => {
    expect(SEEDED_BUGS.map(({ test }) => test).filter((test) => !existsSync(join(ROOT, test)))).toEqual([]);
  });

  it.each([
    ['a line that was reworded', 'let a = 1;', 'a = 2', 'a = 3', 0],
    ['a line that stands twice', 'a = 1; a = 1;', 'a = 1', 'a = 3', 2],
    ['an edit that changes nothing', 'let a = 1;', 'a = 1', 'a = 1', 1],
  ])('are reported for %s', (_what, text, from, to, times) => {
    const bug = { edits: [['a.ts', from, to]] as SeededBug['edits'] };
    expect(misfitsOf(bug, () => text)).toEqual([`a.ts holds this ${times} times: ${from}`]);
  });
});
