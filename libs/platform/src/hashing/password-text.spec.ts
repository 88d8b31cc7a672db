import fc from 'fast-check';
import { hashablePassword, normalisePassword } from './password-text';

const anyCharacter = fc.nat({ max: 0x10ffff }).map((codePoint) => String.fromCodePoint(codePoint));

describe('normalisePassword', () => {
  it('[S-3] is idempotent, and gives NFC and NFD the same text', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCharacter, maxLength: 100 }), (text) => {
        const normalised = normalisePassword(text);
        fc.pre(normalised !== null);
        expect(normalisePassword(normalised)).toBe(normalised);
        expect(normalisePassword(text.normalize('NFD'))).toBe(normalised);
      }),
    );
  });

  it.each([
    [' pw ', 'pw'],
    ['Ａ', 'A'],
    ['a\u00A0b', 'a b'],
    ['Pw', 'pw'],
    ['ﬁn', 'fin'],
  ])('[S-3] keeps %j different from %j', (one, other) => {
    expect(normalisePassword(one)).not.toBe(normalisePassword(other));
  });

  it.each(['\0', 'abc\0def', '\ud800', 'a\udc00', '\udc00\ud800'])('[S-2] refuses %j', (text) => {
    expect(normalisePassword(text)).toBeNull();
  });

  it('[S-2] accepts a paired surrogate', () => {
    expect(normalisePassword('\ud83d\ude00')).toBe('😀');
  });

  it('[S-5] takes 1,024 UTF-16 units and no more', () => {
    expect(normalisePassword('x'.repeat(1024))).toBe('x'.repeat(1024));
    expect(normalisePassword('x'.repeat(1025))).toBeNull();
  });

  it('[S-5] does not normalise a megabyte, which would take a minute', () => {
    const normalize = jest.spyOn(String.prototype, 'normalize');
    expect(normalisePassword('\u0315\u0300'.repeat(500_000))).toBeNull();
    expect(normalize).not.toHaveBeenCalled();
    normalize.mockRestore();
  });
});

describe('hashablePassword', () => {
  it.each(['x', '🎹', 'ǖ'.normalize('NFD')])('[S-5] accepts 128 of %j and refuses 129', (character) => {
    expect(hashablePassword(character.repeat(128))).toBe(character.repeat(128).normalize('NFC'));
    expect(hashablePassword(character.repeat(129))).toBeNull();
  });

  it('[S-2] refuses what is no text', () => {
    expect(hashablePassword('\0')).toBeNull();
  });
});
