import { nativePolicy, passwordRulesAttribute } from './password-policy';

describe('the native password policy', () => {
  it('[S-6] asks for a length and for no kinds of characters', () => {
    expect(nativePolicy(15)).toEqual({
      minLength: 15,
      maxLength: 128,
      require: [],
      minKinds: 0,
      minDistinct: 0,
      refuseCommon: true,
      contextWords: 'address-name-and-derivatives',
    });
  });
});

describe('passwordRulesAttribute', () => {
  it('[S-5] tells password managers the bounds of the native policy', () => {
    expect(passwordRulesAttribute(nativePolicy(15))).toBe('minlength: 15; maxlength: 128; allowed: unicode;');
  });

  it('tells them of a letter and a digit that must occur', () => {
    const policy = { ...nativePolicy(6), require: ['letter', 'digit'] as const };
    expect(passwordRulesAttribute(policy)).toContain('required: lower, upper; required: digit;');
  });

  it('asks them for enough kinds where the policy asks for some of four', () => {
    const rules = passwordRulesAttribute({ ...nativePolicy(8), minKinds: 3 });
    expect(rules).toContain('required: lower; required: upper; required: digit; allowed');
  });
});
