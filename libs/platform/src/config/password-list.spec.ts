import { rmSync } from 'node:fs';
import { type PasswordList, readPasswordList } from './password-list';
import { file, folder } from './settings-examples';

afterAll(() => rmSync(folder, { recursive: true }));

const WORDS = [
  'Acme Rocket 1949',
  'wile e. coyote',
  ' with spaces ',
  'Crème brûlée'.normalize('NFD'),
  'straße',
  '密码密码',
];
const read = (text: string): PasswordList => {
  const list = readPasswordList(file('list.txt', text));
  if (!list) throw new Error('The list was refused.');
  return list;
};

describe('a list of passwords', () => {
  it('[S-7] knows each line, in any case and either Unicode form', () => {
    const list = read(WORDS.join('\n'));
    for (const word of WORDS) {
      expect([word.normalize('NFC'), word.normalize('NFD')].filter((spelling) => !list.has(spelling))).toEqual([]);
    }
    expect(['ACME ROCKET 1949', 'CRÈME BRÛLÉE'].filter((word) => !list.has(word))).toEqual([]);
  });

  it('[S-7] knows nothing else: no part, no longer one, no other spaces, no empty one', () => {
    const list = read(WORDS.join('\n\n'));
    const others = ['acme', 'acme rocket 1949!', 'with spaces', 'creme brulee', 'strasse', '', '\r', '\uFEFF'];
    expect(others.filter((other) => list.has(other))).toEqual([]);
  });

  it('[S-7] reads a file of another system, with a byte-order mark', () => {
    const list = read(`\uFEFF${WORDS.join('\r\n')}\r\n`);
    expect(WORDS.filter((word) => !list.has(word))).toEqual([]);
  });

  it('[S-7] holds a million, the first and the last among them', () => {
    const list = read(Array.from({ length: 1_000_000 }, (_, n) => `number ${n}`).join('\n'));
    expect(['number 0', 'number 999999', 'number 1000000'].map((word) => list.has(word))).toEqual([true, true, false]);
  });
});
