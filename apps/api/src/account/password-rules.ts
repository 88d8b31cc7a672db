import type { PasswordPolicy, PasswordWeakness } from '@app/account';
import type { PasswordRuleDto } from './password.dto';

type Rule = [reason: PasswordWeakness, description: string];

/** The native policy in words: each reason for which it refuses a password. `isLookedUp`: among the breached ones. */
export function passwordRules(policy: PasswordPolicy, isLookedUp: boolean): PasswordRuleDto[] {
  const { minLength, maxLength, history } = policy;
  const rules: Rule[] = [
    ['too-short', `It has at least ${minLength} characters.`],
    ['too-long', `It has at most ${maxLength} characters.`],
    ['not-text', 'It is text: any letters, digits, signs, spaces and emoji, but no NUL.'],
    ['common', 'It is not one of the passwords that attackers try first.'],
    ['same-as-address', 'It is not the e-mail address, nor that with a few digits and signs.'],
    ['same-as-name', 'It is not the name of the account, nor that with a few digits and signs.'],
    ['same-as-service', 'It is not the name of this service, nor that with a few digits and signs.'],
  ];
  if (isLookedUp) rules.push(['breached', 'It is not known from a breach of any service.']);
  if (history > 0) rules.push(['recently-used', `It is none of the last ${history} passwords before the current one.`]);
  return rules.map(([reason, description]) => ({ reason, description }));
}
