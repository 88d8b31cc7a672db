import { reportedBy } from './lint-rule';

/** The time of each grows faster than the length of the text. */
const SLOW = {
  'regexp/no-super-linear-backtracking': [
    String.raw`x = /^(a+)+$/.test(text);`,
    String.raw`x = /^\d+\d+$/.test(text);`,
    String.raw`x = /^\s*,?\s*$/.test(text);`,
  ],
  'regexp/no-dupe-disjunctions': [String.raw`x = /^(a|a)*b$/.test(text);`, String.raw`x = /^(\d|\w)+$/.test(text);`],
  'regexp/no-super-linear-move': [String.raw`x = /\s+$/.test(text);`, String.raw`x = /a*b/.test(text);`],
};
const SOUND = [String.raw`x = /^a+b$/.test(text);`, String.raw`x = /^\d{1,6}$/.test(text);`];

describe('the lint rules against patterns that a text keeps busy', () => {
  it.each(Object.entries(SLOW))('%s reports each pattern of its kind, and nothing else', async (rule, slow) => {
    expect(await reportedBy(rule, [...slow, ...SOUND])).toEqual(slow);
  });
});
