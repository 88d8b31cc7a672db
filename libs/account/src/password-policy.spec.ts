import { nativePolicy, passwordRulesAttribute } from './password-policy';

describe('the native password policy', () => {
  it('[S-6] asks for a length and for no kinds of characters', () => {
    expect(nativePolicy({ passwordMinLength: 15, passwordHistory: 0 })).toEqual({
      minLength: 15,
      maxLength: 128,
      require: [],
      minKinds: 0,
      minDistinct: 0,
      refuseCommon: true,
      history: 0,
      contextWords: 'address-name-and-derivatives',
    });
  });
});

describe('passwordRulesAttribute', () => {
  it('[S-5] tells password managers the bounds of the native policy', () => {
    expect(passwordRulesAttribute(nativePolicy({ passwordMinLength: 15, passwordHistory: 0 }))).toBe(
      'minlength: 15; maxlength: 128; allowed: unicode;',
    );
  });

  it('tells them of a letter and a digit that must occur', () => {
    const policy = {
      ...nativePolicy({ passwordMinLength: 6, passwordHistory: 0 }),
      require: ['letter', 'digit'] as const,
    };
    expect(passwordRulesAttribute(policy)).toContain('required: lower, upper; required: digit;');
  });

  it('asks them for a sign where the policy asks for all four kinds', () => {
    const policy = { ...nativePolicy({ passwordMinLength: 8, passwordHistory: 0 }), minKinds: 4 };
    expect(passwordRulesAttribute(policy)).toContain('required: digit; required: special; allowed');
  });

  it('asks them for enough kinds where the policy asks for some of four', () => {
    const rules = passwordRulesAttribute({
      ...nativePolicy({ passwordMinLength: 8, passwordHistory: 0 }),
      minKinds: 3,
    });
    expect(rules).toContain('required: lower; required: upper; required: digit; allowed');
  });
});
