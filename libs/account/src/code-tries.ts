import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { type Budget, GuessBudget, SecretKeys, Settings } from '@app/platform';
import type { CodeAttempt } from './mailed-codes';

/** The target's ceiling is that of so many accounts. */
const TARGET_CEILING = 5;
const SOURCE_WINDOW_SECONDS = 900;

/**
 * How often mailed codes may be guessed. Budgets of their own, so that they never slow a sign-in: a new code,
 * another target or another session gives no new tries.
 */
@Injectable()
export class CodeTries {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /**
   * Counts a try before anything is judged. @throws DomainError `code.invalid` when there is none left,
   * `request.too-many` when the network address of somebody who is not signed in has none.
   */
  async take(attempt: CodeAttempt, { ip }: Requester): Promise<void> {
    if (attempt.triedBy.accountId === null) await this.takeOfSource(ip);
    if (await this.isSpent(this.askersBudget(attempt))) throw new DomainError('code.invalid');
    if (attempt.triedBy.accountId !== null) await this.takeOfTarget(attempt, attempt.triedBy.accountId);
  }

  /** After a success: the asker's failures are forgotten, and the try was none. */
  async forgive(attempt: CodeAttempt, { ip }: Requester): Promise<void> {
    const shared = attempt.triedBy.accountId === null ? sourceBudget(ip, this.settings) : this.targetBudget(attempt);
    await this.budgets.settle({ cleared: [this.askersBudget(attempt)], givenBack: [shared] });
  }

  /**
   * Many accounts that guess at one address must not lock its owner out: past the ceiling each has one try, not
   * five. Only who has tries left counts here, else one account alone could reach the ceiling.
   */
  private async takeOfTarget(attempt: CodeAttempt, accountId: string): Promise<void> {
    if (!(await this.isSpent(this.targetBudget(attempt)))) return;
    const firstTry = { scope: 'code-first', key: `${attempt.binding.purpose}:${accountId}`, ...this.window(1) };
    if (await this.isSpent(firstTry)) throw new DomainError('code.invalid');
  }

  private async takeOfSource(ip: string | null): Promise<void> {
    if (this.settings.sourceFailures === 0) return;
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(sourceBudget(ip, this.settings));
    if (spentScopes.length > 0) throw new DomainError('request.too-many', { retryAfterSeconds });
  }

  private async isSpent(budget: Budget): Promise<boolean> {
    return (await this.budgets.take(budget)).spentScopes.length > 0;
  }

  /** That of the account; of the target where nobody is signed in. */
  private askersBudget({ binding, triedBy }: CodeAttempt): Budget {
    const asker = triedBy.accountId ?? this.targetKey(binding.email);
    const budget = { scope: 'code', key: `${binding.purpose}:${asker}`, ...this.window(this.settings.codeTries) };
    // Where strangers use up the tries, a growing pause would shut the owner out.
    return triedBy.accountId === null ? budget : { ...budget, pauseGrows: true };
  }

  private targetBudget({ binding }: CodeAttempt): Budget {
    const key = `${binding.purpose}:${this.targetKey(binding.email)}`;
    return { scope: 'code-target', key, ...this.window(this.settings.codeTries * TARGET_CEILING) };
  }

  private targetKey(email: string): string {
    return this.keys.hmac('code-target', email).toString('base64url');
  }

  private window(maxTries: number): Pick<Budget, 'maxTries' | 'windowSeconds'> {
    return { maxTries, windowSeconds: this.settings.codeSeconds };
  }
}

function sourceBudget(ip: string | null, { sourceFailures }: Settings): Budget {
  return { scope: 'code-source', key: ip ?? 'none', maxTries: sourceFailures, windowSeconds: SOURCE_WINDOW_SECONDS };
}
