import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/contracts';
import { GuessBudget, Settings } from '@app/platform';

/**
 * "Unchanged" and "recently used" tell of the account's own passwords. Where none was proved before, a change costs a
 * try until one is done: of many that are sent together few are judged, and the first to commit ends the others (ADR 0014).
 */
@Injectable()
export class OwnPasswordTries {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly settings: Settings,
  ) {}

  /** `door`: who comes by one cannot use up the other's. @throws DomainError `password.too-many-tries` */
  async during(door: 'session' | 'reset', accountId: string, change: () => Promise<unknown>): Promise<void> {
    const maxTries = this.settings.accountFailures;
    const budget = { scope: `own-password-${door}`, key: accountId, maxTries, windowSeconds: 900 };
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(budget);
    if (spentScopes.length > 0) throw new DomainError('password.too-many-tries', { retryAfterSeconds });
    await change();
    await this.budgets.settle({ cleared: [budget] });
  }
}
