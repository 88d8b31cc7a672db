import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog, type Budget, GuessBudget, PasswordHasher, SecretKeys, Settings } from '@app/platform';
import type { LiveAccount } from './account.entity';

const WINDOW_SECONDS = 900;
/** NIST SP 800-63B-4 3.2.2: no more than 100 failures in a row; a reset opens the account again. */
const MAX_IN_A_ROW = 100;

/**
 * The one place where a password is judged. Every door counts in the same budget of the account,
 * and each try is counted before it is judged.
 */
@Injectable()
export class PasswordProof {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /** For somebody who is signed in. @throws DomainError `password.current-wrong`, `password.too-many-tries` */
  async require(account: LiveAccount, password: string, requester: Requester): Promise<void> {
    const budget = this.accountBudget(account.id);
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(budget);
    if (spentScopes.length > 0) throw new DomainError('password.too-many-tries', { retryAfterSeconds });
    if (!(await this.hasher.verify(password, account.passwordHash))) {
      await this.audit.note('password.current-wrong', account.id, requester);
      throw new DomainError('password.current-wrong');
    }
    await this.budgets.clear(budget);
  }

  /**
   * For somebody who is not: the same answer after the same work whatever is wrong.
   * @throws DomainError `credentials.invalid`, `request.too-many`
   */
  async requireForSignIn(
    account: LiveAccount | null,
    attempt: SignInAttempt,
    requester: Requester,
  ): Promise<LiveAccount> {
    const budget = account ? this.accountBudget(account.id) : this.budgetOfNobody(attempt.email);
    const source = this.sourceBudget(requester.ip);
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(budget, ...source);
    if (spentScopes.includes('source')) throw new DomainError('request.too-many', { retryAfterSeconds });
    const isSpent = spentScopes.includes('password');
    const isRight = await this.hasher.verify(attempt.password, isSpent ? null : (account?.passwordHash ?? null));
    if (!account || !isRight || account.disabled || account.passwordResetRequired) {
      await this.audit.note(isSpent ? 'sign-in.refused' : 'sign-in.failed', account?.id ?? null, requester);
      throw new DomainError('credentials.invalid');
    }
    await this.budgets.clear(budget);
    for (const taken of source) await this.budgets.giveBack(taken);
    await this.audit.note('sign-in.succeeded', account.id, requester);
    return account;
  }

  /** After a reset from the mailbox: the account's failures no longer count. */
  async forgive(accountId: string): Promise<void> {
    await this.budgets.clear(this.accountBudget(accountId));
  }

  private accountBudget(accountId: string): Budget {
    return { ...this.passwordBudget(accountId), maxInARow: MAX_IN_A_ROW };
  }

  /** Without a hard stop: that would have to be remembered for ever, for every name that somebody makes up. */
  private budgetOfNobody(email: string): Budget {
    return this.passwordBudget(this.keys.hmac('unknown-account', email).toString('base64url'));
  }

  private passwordBudget(key: string): Budget {
    const maxTries = this.settings.accountFailures;
    return { scope: 'password', key, maxTries, windowSeconds: WINDOW_SECONDS, pauseGrows: true };
  }

  private sourceBudget(ip: string | null): Budget[] {
    if (ip === null || this.settings.sourceFailures === 0) return [];
    return [
      {
        scope: 'source',
        key: ip,
        maxTries: this.settings.sourceFailures,
        windowSeconds: WINDOW_SECONDS,
        pauseGrows: true,
      },
    ];
  }
}

export interface SignInAttempt {
  /** As it was typed; only its keyed hash is kept. */
  email: string;
  password: string;
}
