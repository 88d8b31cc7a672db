import type { Settings } from '@app/platform';

/** Which new passwords a surface accepts. Lengths are code points after NFC. */
export interface PasswordPolicy {
  minLength: number;
  /** At most 128: no surface can sign in with more. */
  maxLength: number;
  /** Kinds that must occur. */
  require: readonly ('letter' | 'digit')[];
  /** How many of lower, upper, digit, other must occur. */
  minKinds: number;
  /** How many different characters must occur. */
  minDistinct: number;
  refuseCommon: boolean;
  /** How many earlier passwords of the account are refused, besides the current one. */
  history: number;
  /** Which words of the account the password may not equal, whatever their case. */
  contextWords: 'address' | 'address-and-name' | 'address-name-and-derivatives';
}

/** What is known of the account that the password is for. */
export interface PasswordContext {
  /** Canonical; the current one and, in an e-mail change, the new one. */
  addresses: readonly string[];
  displayName: string | null;
}

type NativeSettings = Pick<Settings, 'passwordMinLength' | 'passwordHistory'>;

/** Length, the blocklist and context words: NIST SP 800-63B-4 3.1.1.2. Earlier passwords only where the operator asks for it. */
export function nativePolicy({ passwordMinLength, passwordHistory }: NativeSettings): PasswordPolicy {
  return {
    minLength: passwordMinLength,
    maxLength: 128,
    require: [],
    minKinds: 0,
    minDistinct: 0,
    refuseCommon: true,
    history: passwordHistory,
    contextWords: 'address-name-and-derivatives',
  };
}

/** Only storable: for accounts that another service has signed up under its own rules. */
export const ANY_PASSWORD: PasswordPolicy = {
  minLength: 1,
  maxLength: 128,
  require: [],
  minKinds: 0,
  minDistinct: 0,
  refuseCommon: false,
  history: 0,
  contextWords: 'address',
};

/** The policy for password managers, in the grammar of HTML's `passwordrules` attribute. */
export function passwordRulesAttribute(policy: PasswordPolicy): string {
  const kinds = [
    ...policy.require.map((kind) => (kind === 'letter' ? 'lower, upper' : 'digit')),
    ...['lower', 'upper', 'digit', 'special'].slice(0, policy.minKinds),
  ];
  const rules = [
    `minlength: ${policy.minLength};`,
    `maxlength: ${policy.maxLength};`,
    ...kinds.map((kind) => `required: ${kind};`),
    'allowed: unicode;',
  ];
  return rules.join(' ');
}
