import { DomainError } from '@app/contracts';
import { PasswordList } from '@app/platform';
import { dictionary } from '@zxcvbn-ts/language-common';
import fc from 'fast-check';
import { hasPasswordForm, NewPassword } from './new-password';
import { ANY_PASSWORD, nativePolicy, type PasswordContext, type PasswordPolicy } from './password-policy';

const NATIVE = nativePolicy({ passwordMinLength: 15, passwordHistory: 0 });
const LENIENT: PasswordPolicy = { ...NATIVE, minLength: 1, refuseCommon: false, contextWords: 'address' };
const NOBODY: PasswordContext = { addresses: [], displayName: null };
const ADA: PasswordContext = {
  addresses: ['ada.lovelace@example.com', 'countess@byron.org'],
  displayName: 'Ada King-Noel',
};

const anyCharacter = fc.nat({ max: 0x10ffff }).map((codePoint) => String.fromCodePoint(codePoint));

function reasonsOf(
  text: string,
  policy: PasswordPolicy = NATIVE,
  context: PasswordContext = NOBODY,
): readonly string[] {
  try {
    NewPassword.parse(text, policy, context);
    return [];
  } catch (error) {
    expect(error).toMatchObject({ code: 'password.too-weak' });
    return (error instanceof DomainError && error.details.reasons) || ['no reasons'];
  }
}

describe('NewPassword', () => {
  it.each([
    ['15 emoji', '😀🐎🔋🧷🎹🎈🎁🎃🎄🎆🎇🎊🎋🎍🎎', []],
    ['14 emoji', '😀🐎🔋🧷🎹🎈🎁🎃🎄🎆🎇🎊🎋🎍', ['too-short']],
    ['8 emoji of 16 UTF-16 units', '😀🐎🔋🧷🎹🎈🎁🎃', ['too-short']],
    ['15 accented letters typed decomposed', 'é'.repeat(15).normalize('NFD'), []],
    ['14 accented letters that are 28 code points decomposed', 'é'.repeat(14).normalize('NFD'), ['too-short']],
    ['15 code points of which 5 are marks that compose with nothing', 'x\u0331y\u0330'.repeat(4).slice(0, 15), []],
  ])('[S-4] judges %s by code points after NFC', (_text, password, reasons) => {
    expect(reasonsOf(password)).toEqual(reasons);
  });

  it.each([
    ['64 emoji', '🎹'.repeat(64), []],
    ['128 characters', 'x'.repeat(128), []],
    ['128 emoji', '🎹'.repeat(128), []],
    ['128 characters typed decomposed', 'ǖ'.repeat(128).normalize('NFD'), []],
    ['129 characters', 'x'.repeat(129), ['too-long']],
    ['a megabyte', 'x'.repeat(1e6), ['too-long']],
  ])('[S-5] takes 128 code points at most: %s', (_text, password, reasons) => {
    expect(reasonsOf(password)).toEqual(reasons);
  });

  it('[S-5] refuses a megabyte of combining marks in under 50 ms', () => {
    const text = '\u0315\u0300'.repeat(500_000);
    const times = [1, 2, 3].map(() => {
      const start = performance.now();
      expect(reasonsOf(text)).toEqual(['too-long']);
      return performance.now() - start;
    });
    expect(Math.min(...times)).toBeLessThan(50);
  });

  it.each(['\0', 'abc\0def and fifteen', 'a long enough text \ud800', '\udc00 a long enough text'])(
    '[S-2] refuses %j, which is no text',
    (password) => {
      expect(reasonsOf(password)).toEqual(['not-text']);
    },
  );

  it.each([
    [256, 'not-text'],
    [257, 'too-long'],
  ])('[S-2] [S-5] judges what is no text, of %i UTF-16 units, as %s', (units, reason) => {
    expect(reasonsOf('\0'.padEnd(units, 'x'))).toEqual([reason]);
  });

  it('[S-3] keeps case, width and spaces, and gives NFC and NFD the same value', () => {
    const password = ' Café\u00A0au  lait Ａ ';
    expect(NewPassword.parse(password.normalize('NFD'), NATIVE, NOBODY).value).toBe(password);
  });

  it('[S-6] accepts any legal text that is not common and not the account’s', () => {
    const text = fc
      .string({ unit: anyCharacter, minLength: 15, maxLength: 40 })
      .map((raw) => `k${raw.normalize('NFC')}k`);
    fc.assert(
      fc.property(text, (password) => {
        fc.pre(!/[\0\p{Surrogate}]/u.test(password));
        expect(reasonsOf(password, NATIVE, { addresses: ['zq@example.com'], displayName: 'Zed Q' })).toEqual([]);
      }),
    );
  });

  it('[S-7] refuses every common password of legal length, in any case', () => {
    const entries = dictionary['passwords-common'].filter((entry) => entry.length >= 8).slice(0, 3000);
    expect(entries).toHaveLength(3000);
    const accepted = entries.filter(
      (entry) =>
        !reasonsOf(entry.toUpperCase(), nativePolicy({ passwordMinLength: 8, passwordHistory: 0 })).includes('common'),
    );
    expect(accepted).toEqual([]);
  });

  it('[S-7] accepts a phrase that only contains a common password', () => {
    expect(reasonsOf('my password is a long phrase 12')).toEqual([]);
  });

  it('[S-7] takes what is on the operator’s list for common, too', () => {
    const blocklist = new PasswordList(['Acme rocket skates']);
    const parse = (policy: PasswordPolicy) => NewPassword.parse('acme ROCKET skates', policy, NOBODY, blocklist);
    expect(() => parse(NATIVE)).toThrow(expect.objectContaining({ details: { reasons: ['common'] } }));
    expect(parse(LENIENT).isCommon).toBe(true);
  });

  it('[S-7] flags a common password where the policy accepts those', () => {
    expect(NewPassword.parse('Password1', LENIENT, NOBODY).isCommon).toBe(true);
    expect(NewPassword.parse('Zght943!', LENIENT, NOBODY).isCommon).toBe(false);
  });

  it.each([
    ['the address', 'ADA.lovelace@example.com', ['same-as-address']],
    ['the new address of an e-mail change', 'countess@byron.org', ['same-as-address']],
    ['the local part and digits', 'ada.lovelace1234567', ['same-as-address']],
    ['the local part between signs', '--!Ada.Lovelace!-- 9', ['same-as-address']],
    ['the local part, repeated', 'countesscountess', ['same-as-address']],
    ['the display name and digits', 'ada king-noel 1815', ['same-as-name']],
    ['the display name without spaces', '1815 AdaKing-Noel', ['same-as-name']],
    ['the service name and digits', 'Rekey2026!2026!', ['same-as-service']],
    ['the local part in a phrase', 'ada.lovelace wrote the notes', []],
    ['nothing of the account', 'analytical engine', []],
  ])('[S-8] judges the native password that is %s', (_words, password, reasons) => {
    expect(reasonsOf(password, NATIVE, ADA)).toEqual(reasons);
  });

  it.each([
    ['address', 'ada.lovelace@EXAMPLE.com', ['same-as-address']],
    ['address', 'Ada.Lovelace', ['same-as-address']],
    ['address', 'ada.lovelace1', []],
    ['address', 'Ada King-Noel', []],
    ['address', 'rekey', []],
    ['address-and-name', 'countess', ['same-as-address']],
    ['address-and-name', 'ada king-noel', ['same-as-name']],
    ['address-and-name', 'adaking-noel', ['same-as-name']],
    ['address-and-name', 'adaking-noel1', []],
    ['address-and-name', 'rekey', []],
  ] as const)('[S-8] under context words "%s" judges %j by equality alone', (contextWords, password, reasons) => {
    expect(reasonsOf(password, { ...LENIENT, contextWords }, ADA)).toEqual(reasons);
  });

  it('[S-8] knows a display name in spite of the spaces around it and of decomposed letters', () => {
    const context = { addresses: [], displayName: '  Zoë Brontë '.normalize('NFD') };
    expect(reasonsOf('zoë brontë', { ...LENIENT, contextWords: 'address-and-name' }, context)).toEqual([
      'same-as-name',
    ]);
  });

  it('[S-8] takes an absent or blank display name for no word', () => {
    for (const displayName of [null, '', '  ']) {
      expect(reasonsOf('8472 9912 4412 3321', NATIVE, { addresses: [], displayName })).toEqual([]);
    }
  });

  it.each([
    ['a letter', { require: ['letter', 'digit'] }, '1234567!', ['no-letter']],
    ['a digit', { require: ['letter', 'digit'] }, 'abcdefg!', ['no-digit']],
    ['a letter and a digit, and they are there', { require: ['letter', 'digit'] }, 'Zght943!', []],
    ['three kinds', { minKinds: 3 }, 'abcdefg1', ['too-few-kinds']],
    ['three kinds, and lower, upper and other are there', { minKinds: 3 }, 'Abcdefg!', []],
    ['a lower case letter as one of four kinds', { minKinds: 4 }, 'ABCDEF1!', ['too-few-kinds']],
    ['an upper case letter as one of four kinds', { minKinds: 4 }, 'abcdef1!', ['too-few-kinds']],
    ['a digit as one of four kinds', { minKinds: 4 }, 'Abcdefg!', ['too-few-kinds']],
    ['something else as one of four kinds', { minKinds: 4 }, 'Abcdefg1', ['too-few-kinds']],
    ['four kinds, and a letter without case is no other than other', { minKinds: 4 }, 'Ab1密码密码', []],
    ['four different characters', { minDistinct: 4 }, 'aabbccaa', ['too-few-different']],
    ['four different characters, and they are there', { minDistinct: 4 }, 'aabbccad', []],
  ] as const)('asks for %s', (_rule, rule, password, reasons) => {
    expect(reasonsOf(password, { ...LENIENT, ...rule })).toEqual(reasons);
  });

  it('takes whatever can be stored, except the address, where another service has judged it', () => {
    expect(reasonsOf('x', ANY_PASSWORD, ADA)).toEqual([]);
    expect(reasonsOf('password', ANY_PASSWORD, { ...ADA, displayName: 'password' })).toEqual([]);
    expect(reasonsOf('ada.lovelace', ANY_PASSWORD, ADA)).toEqual(['same-as-address']);
  });

  it('names all reasons at once', () => {
    const policy = { ...NATIVE, require: ['letter', 'digit'], minKinds: 3, minDistinct: 9 } as const;
    const context = { addresses: ['password@example.com'], displayName: 'Password' };
    expect(reasonsOf('password', policy, context)).toEqual([
      'too-short',
      'no-digit',
      'too-few-kinds',
      'too-few-different',
      'common',
      'same-as-address',
      'same-as-name',
    ]);
  });
});

describe('hasPasswordForm', () => {
  const POLICY: PasswordPolicy = { ...NATIVE, minLength: 8, require: ['letter', 'digit'] };

  it.each([
    ['Zght943!', true],
    ['password1', true],
    ['Zght94!', false],
    ['password', false],
    ['Zght943!\0', false],
    [12345678, false],
    [undefined, false],
  ])('asks for a text of the length and the kinds of the policy: %j', (text, hasForm) => {
    expect(hasPasswordForm(text, POLICY)).toBe(hasForm);
  });
});
