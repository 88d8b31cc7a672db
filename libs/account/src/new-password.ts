import { DomainError } from '@app/contracts';
import { normalisePassword, type PasswordList } from '@app/platform';
import { isCommonPassword } from './common-passwords';
import type { PasswordContext, PasswordPolicy } from './password-policy';
import { type ContextWeakness, contextWeaknesses } from './password-policy-context';

export type PasswordWeakness =
  | 'too-short'
  | 'too-long'
  | 'not-text'
  | 'no-letter'
  | 'no-digit'
  | 'too-few-kinds'
  | 'too-few-different'
  | 'common'
  | 'recently-used'
  | 'breached'
  | ContextWeakness;

const LETTER = /\p{L}/u;
const DIGIT = /\p{Nd}/u;
/** lower, upper, digit, other */
const KINDS = [/\p{Ll}/u, /\p{Lu}/u, DIGIT, /[^\p{Ll}\p{Lu}\p{Nd}]/u];

/** A password whose text its policy accepts, in NFC. `NewPasswords` judges the rest. */
export class NewPassword {
  private constructor(
    readonly value: string,
    /** On the list of common passwords or the operator's; for surfaces whose contract accepts those. */
    readonly isCommon: boolean,
  ) {}

  /**
   * @throws DomainError `password.too-weak` whose `reasons` are all the `PasswordWeakness`es; what is no text, or far
   * too long, is not judged further.
   */
  static parse(text: string, policy: PasswordPolicy, context: PasswordContext, blocklist?: PasswordList): NewPassword {
    const value = normalisePassword(text);
    if (value === null) throw tooWeak([text.length > 2 * policy.maxLength ? 'too-long' : 'not-text']);

    const isCommon = isCommonPassword(value) || blocklist?.has(value) === true;
    const reasons = [
      ...formWeaknesses(value, policy),
      ...(isCommon && policy.refuseCommon ? (['common'] as const) : []),
      ...contextWeaknesses(value, policy, context),
    ];
    if (reasons.length > 0) throw tooWeak(reasons);
    return new NewPassword(value, isCommon);
  }
}

/** For shapes of bodies: whether it has the length and the kinds of the policy. What it may not equal `parse` says. */
export function hasPasswordForm(text: unknown, policy: PasswordPolicy): boolean {
  const value = typeof text === 'string' ? normalisePassword(text) : null;
  return value !== null && formWeaknesses(value, policy).length === 0;
}

function formWeaknesses(value: string, policy: PasswordPolicy): PasswordWeakness[] {
  const characters = [...value];
  const broken: [PasswordWeakness, boolean][] = [
    ['too-short', characters.length < policy.minLength],
    ['too-long', characters.length > policy.maxLength],
    ['no-letter', policy.require.includes('letter') && !LETTER.test(value)],
    ['no-digit', policy.require.includes('digit') && !DIGIT.test(value)],
    ['too-few-kinds', KINDS.filter((kind) => kind.test(value)).length < policy.minKinds],
    ['too-few-different', new Set(characters).size < policy.minDistinct],
  ];
  return broken.filter(([, isBroken]) => isBroken).map(([weakness]) => weakness);
}

export function tooWeak(reasons: PasswordWeakness[]): DomainError {
  return new DomainError('password.too-weak', { reasons });
}
