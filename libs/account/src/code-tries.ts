import { Injectable } from '@nestjs/common';
import { CODE_PURPOSES, type CodePurpose, DomainError, type Requester } from '@app/contracts';
import { AuditLog, type Budget, GuessBudget, SecretKeys, Settings } from '@app/platform';
import type { CodeAttempt } from './mailed-codes';
import { networkOf } from './network-of';
import { MAX_IN_A_ROW } from './password-budgets';

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
    private readonly audit: AuditLog,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /**
   * Counts a try before anything is judged; the refusal of one stands in the log. @throws DomainError `code.invalid` when
   * there is none left, `request.too-many` when the network address has none.
   */
  async take(attempt: CodeAttempt, requester: Requester): Promise<void> {
    try {
      await this.takeOfAll(attempt, requester.ip);
    } catch (error) {
      if (error instanceof DomainError) await this.audit.note('code.refused', attempt.triedBy.accountId, requester);
      throw error;
    }
  }

  /** After a success: the asker's failures are forgotten, and the try was none. */
  async forgive(attempt: CodeAttempt, { ip }: Requester): Promise<void> {
    const targets = attempt.triedBy.accountId === null ? [] : [this.targetBudget(attempt)];
    const givenBack = [...this.sourceBudgets(ip), ...targets];
    await this.budgets.settle({ cleared: [this.askersBudget(attempt)], givenBack });
  }

  /** After a reset by a link to the account's mailbox: what has stopped for good goes on, with the pauses that it has. */
  async reopen(accountId: string): Promise<void> {
    const budgets = [accountId, anybodyAt(accountId)].flatMap((asker) =>
      CODE_PURPOSES.map((purpose) => this.budgetOf(purpose, asker)),
    );
    await this.budgets.endStreaks(budgets);
  }

  private async takeOfAll(attempt: CodeAttempt, ip: string | null): Promise<void> {
    const { accountId } = attempt.triedBy;
    const sources = this.sourceBudgets(ip);
    // The source first: one that is refused must not use up the tries of whoever it names, or is signed in there.
    if (sources.length > 0) await this.require(...sources);
    await this.require(this.askersBudget(attempt));
    if (accountId !== null) await this.takeOfTarget(attempt, accountId);
  }

  /**
   * Many accounts that guess at one address must not lock its owner out: past the ceiling each has one try, not
   * five. Only who has tries left counts here, else one account alone could reach the ceiling.
   */
  private async takeOfTarget(attempt: CodeAttempt, accountId: string): Promise<void> {
    const { spentScopes } = await this.budgets.take(this.targetBudget(attempt));
    if (spentScopes.length === 0) return;
    await this.require({ scope: 'code-first', key: `${attempt.binding.purpose}:${accountId}`, ...this.window(1) });
  }

  private async require(...budgets: Budget[]): Promise<void> {
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(...budgets);
    if (spentScopes.includes('code-source')) throw new DomainError('request.too-many', { retryAfterSeconds });
    if (spentScopes.length > 0) throw new DomainError('code.invalid');
  }

  /** That of the account; of the target where nobody is signed in. */
  private askersBudget({ binding: { purpose, email }, triedBy }: CodeAttempt): Budget {
    const { accountId } = triedBy;
    const maxInARow = MAX_IN_A_ROW;
    if (accountId !== null) return { ...this.budgetOf(purpose, accountId), maxInARow, pauseGrows: true };
    // Where strangers use up the tries, a growing pause would shut the owner out.
    if (triedBy.addressOf !== null) return { ...this.budgetOf(purpose, anybodyAt(triedBy.addressOf)), maxInARow };
    // Of what is made up, failures in a row would have to be remembered for ever.
    return this.budgetOf(purpose, this.targetKey(email));
  }

  private budgetOf(purpose: CodePurpose, asker: string): Budget {
    return { scope: 'code', key: `${purpose}:${asker}`, ...this.window(this.settings.codeTries) };
  }

  private targetBudget({ binding }: CodeAttempt): Budget {
    const key = `${binding.purpose}:${this.targetKey(binding.email)}`;
    return { scope: 'code-target', key, ...this.window(this.settings.codeTries * TARGET_CEILING) };
  }

  private sourceBudgets(ip: string | null): Budget[] {
    const { sourceFailures } = this.settings;
    if (sourceFailures === 0) return [];
    const window = { maxTries: sourceFailures, windowSeconds: SOURCE_WINDOW_SECONDS };
    return [{ scope: 'code-source', key: networkOf(ip), ...window }];
  }

  private targetKey(email: string): string {
    return this.keys.hmac('code-target', email).toString('base64url');
  }

  private window(maxTries: number): Pick<Budget, 'maxTries' | 'windowSeconds'> {
    return { maxTries, windowSeconds: this.settings.codeSeconds };
  }
}

/** Apart from the account's own tries: strangers cannot use those up. */
const anybodyAt = (accountId: string): string => `anybody:${accountId}`;
