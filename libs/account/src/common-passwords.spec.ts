import { dictionary } from '@zxcvbn-ts/language-common';
import { completeList, isCommonPassword } from './common-passwords';

describe('the list of common passwords', () => {
  it('[S-7] refuses to be loaded empty or cut short', () => {
    expect(() => completeList([])).toThrow('only 0 entries');
    expect(() => completeList(dictionary['passwords-common'].slice(1))).toThrow('only 49232 entries');
  });

  it('[S-7] knows every entry, in any case', () => {
    const unknown = dictionary['passwords-common'].filter((entry) => !isCommonPassword(entry.toUpperCase()));
    expect(unknown).toEqual([]);
  });

  it('[S-7] knows nothing that only holds an entry', () => {
    expect(isCommonPassword('my password is a long phrase 1')).toBe(false);
  });
});
