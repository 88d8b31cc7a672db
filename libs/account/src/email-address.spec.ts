import { DomainError } from '@app/contracts';
import fc from 'fast-check';
import { EmailAddress, isEmailAddress } from './email-address';

const canonical = (text: unknown): string => EmailAddress.parse(text).value;
const anyCharacter = fc.nat({ max: 0x10ffff }).map((codePoint) => String.fromCodePoint(codePoint));

describe('EmailAddress', () => {
  it.each([
    ['15201657312@163.com', '15201657312@163.com'],
    ['yourchange@gmail.com', 'yourchange@gmail.com'],
    ['Ada.Lovelace+Tag@Example.COM', 'ada.lovelace+tag@example.com'],
    ["o'neil/x=y!z#$%&*?^_`{|}~-@example.com", "o'neil/x=y!z#$%&*?^_`{|}~-@example.com"],
    ['a@b.c', 'a@b.c'],
    ['ada@r3---x.example.com', 'ada@r3---x.example.com'],
  ])('[S-56] gives %s the canonical form %s', (typed, expected) => {
    expect(canonical(typed)).toBe(expected);
  });

  it.each([
    ['upper case', 'ada@MÜNCHEN.example'],
    ['A-label', 'ada@xn--mnchen-3ya.example'],
    ['upper-case A-label', 'ada@XN--MNCHEN-3YA.EXAMPLE'],
    ['decomposed', 'ada@mu\u0308nchen.example'],
    ['fullwidth letters', 'ada@münchen.ｅｘａｍｐｌｅ'],
    ['ideographic dot', 'ada@münchen\u3002example'],
    ['fullwidth dot', 'ada@münchen\uFF0Eexample'],
    ['halfwidth ideographic dot', 'ada@münchen\uFF61example'],
  ])('[S-56] canonicalises a domain spelt with %s to the one A-label form', (_spelling, typed) => {
    expect(canonical(typed)).toBe('ada@xn--mnchen-3ya.example');
  });

  it('[S-56] keeps dots and plus tags of the local part distinct', () => {
    expect(new Set(['ab@x.org', 'a.b@x.org', 'ab+c@x.org'].map(canonical)).size).toBe(3);
  });

  it('[S-56] keeps ß and ss distinct, as non-transitional UTS-46 does', () => {
    expect(canonical('a@straße.de')).toBe('a@xn--strae-oqa.de');
  });

  it('[S-56] splits into a local part and a domain', () => {
    expect(EmailAddress.parse('Ada@Example.com')).toMatchObject({ localPart: 'ada', domain: 'example.com' });
  });

  it('[S-56] refuses with the code email.invalid', () => {
    expect(() => EmailAddress.parse('nobody')).toThrow(new DomainError('email.invalid'));
  });

  it('says whether a text is one', () => {
    expect(['ada@example.com', 'nobody', undefined].map(isEmailAddress)).toEqual([true, false, false]);
  });

  it('[S-56] never throws but its own error, and its canonical form is its own canonical form', () => {
    const label = fc.oneof(fc.string({ unit: anyCharacter, maxLength: 12 }), fc.stringMatching(/^[a-z0-9-]{1,12}$/));
    const typed = fc.tuple(label, fc.constantFrom('@', '＠', '', '@@'), label, fc.constantFrom('.', '。', ''), label);
    fc.assert(
      fc.property(
        fc.oneof(
          fc.anything(),
          typed.map((parts) => parts.join('')),
          fc.emailAddress(),
        ),
        (text) => {
          const address = EmailAddress.tryParse(text);
          fc.pre(address !== null);
          expect(address.value).toMatch(/^[\x21-\x7e]+$/);
          expect(canonical(address.value)).toBe(address.value);
        },
      ),
      { numRuns: 500, maxSkipsPerRun: 1000 },
    );
  });

  it('[S-56] gives an address one form whatever its case, width or normalisation', () => {
    const widen = (text: string): string =>
      text.replace(/[a-z0-9]/g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
    const word = fc.stringMatching(/^[a-z]{1,10}$/);
    fc.assert(
      fc.property(word, word, fc.constantFrom('com', 'münchen.de', '例子.中国'), (local, label, top) => {
        const expected = canonical(`${local}@${label}.${top}`);
        const domain = `${label}.${top}`;
        const spellings = [domain.toUpperCase(), widen(domain), domain.normalize('NFD'), domain.replaceAll('.', '。')];
        for (const spelling of spellings) expect(canonical(`${local.toUpperCase()}@${spelling}`)).toBe(expected);
      }),
    );
  });

  it('folds the plus tag away for quotas and nothing else', () => {
    expect(EmailAddress.parse('a.da+one+two@example.com').foldedMailbox).toBe('a.da@example.com');
    expect(EmailAddress.parse('ada@example.com').foldedMailbox).toBe('ada@example.com');
  });

  it.each([
    ['ada@example.com', 'a***@example.com'],
    ['ab@example.com', 'a***@example.com'],
    ['a@example.com', '***@example.com'],
  ])('masks %s as %s', (address, masked) => {
    expect(EmailAddress.parse(address).masked()).toBe(masked);
  });
});
