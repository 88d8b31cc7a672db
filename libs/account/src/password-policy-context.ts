import type { PasswordContext, PasswordPolicy } from './password-policy';

export type ContextWeakness = 'same-as-address' | 'same-as-name' | 'same-as-service';

const SERVICE_NAME = 'rekey';
const DIGITS_AND_SIGNS = /^[\p{N}\p{P}\p{S}\p{Z}]*$/u;

/** Which words of its account or of the service a password is made of, as far as the policy asks. */
export function contextWeaknesses(
  password: string,
  policy: PasswordPolicy,
  context: PasswordContext,
): ContextWeakness[] {
  const isMadeOf = policy.contextWords === 'address-name-and-derivatives' ? isDerivative : isEqual;
  const folded = fold(password);
  return wordsOf(policy, context)
    .filter(([, words]) => words.some((word) => word !== '' && isMadeOf(folded, fold(word))))
    .map(([weakness]) => weakness);
}

function wordsOf({ contextWords }: PasswordPolicy, context: PasswordContext): [ContextWeakness, string[]][] {
  const addressWords = context.addresses.flatMap((address) => [address, address.slice(0, address.lastIndexOf('@'))]);
  const name = contextWords === 'address' ? '' : (context.displayName ?? '').trim();
  const service = contextWords === 'address-name-and-derivatives' ? SERVICE_NAME : '';
  return [
    ['same-as-address', addressWords],
    ['same-as-name', [name, name.replace(/\s/gu, '')]],
    ['same-as-service', [service]],
  ];
}

function isEqual(password: string, word: string): boolean {
  return password === word;
}

/** The word, once or more, with nothing but digits and signs around it. */
function isDerivative(password: string, word: string): boolean {
  return password.includes(word) && DIGITS_AND_SIGNS.test(password.replaceAll(word, ''));
}

function fold(text: string): string {
  return text.normalize('NFC').toLowerCase();
}
