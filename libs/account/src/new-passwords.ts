import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/contracts';
import { normalisePassword, PasswordHasher, Settings } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { BreachLookup } from './breach-lookup';
import { NewPassword, tooWeak } from './new-password';
import { PasswordHistory } from './password-history';
import type { PasswordContext, PasswordPolicy } from './password-policy';

export interface PasswordCandidate {
  account: LiveAccount;
  password: NewPassword;
  policy: PasswordPolicy;
  /** As it was typed and proved right, if it was: spares a hash. */
  currentPassword?: string;
}

/** A new password as it is stored. */
export interface HashedPassword {
  hash: string;
  isCommon: boolean;
  /** Absent where breached passwords are not looked up. */
  breachLookup?: 'clear' | 'failed';
}

/** Judges a new password and hashes it. Every change of a password goes through here. */
@Injectable()
export class NewPasswords {
  constructor(
    private readonly breaches: BreachLookup,
    private readonly history: PasswordHistory,
    private readonly hasher: PasswordHasher,
    private readonly settings: Settings,
  ) {}

  /** By its text alone. @throws DomainError `password.too-weak` */
  parse(text: string, policy: PasswordPolicy, context: PasswordContext): NewPassword {
    return NewPassword.parse(text, policy, context, this.settings.passwordBlocklist);
  }

  /**
   * Only for somebody who has proved to be the account's, and outside any transaction: it takes time, and its answers
   * tell of the account's passwords. @throws DomainError `password.unchanged`, `password.too-weak`, `service.busy`
   */
  async hash(candidate: PasswordCandidate): Promise<HashedPassword> {
    const { account, password, policy } = candidate;
    // Before what tells of the account's own passwords: a breached one must not be a free guess at them.
    const breachLookup = policy.refuseCommon ? await this.breaches.of(password.value) : 'off';
    if (breachLookup === 'breached') throw tooWeak(['breached']);
    if (await this.isCurrent(candidate)) throw new DomainError('password.unchanged');
    if (await this.history.has(account.id, password.value, policy.history)) throw tooWeak(['recently-used']);
    return {
      hash: await this.hasher.hash(password.value),
      isCommon: password.isCommon,
      ...(breachLookup !== 'off' && { breachLookup }),
    };
  }

  private async isCurrent({ account, password, currentPassword }: PasswordCandidate): Promise<boolean> {
    if (currentPassword !== undefined) return normalisePassword(currentPassword) === password.value;
    return account.passwordHash !== null && this.hasher.verify(password.value, account.passwordHash);
  }
}
