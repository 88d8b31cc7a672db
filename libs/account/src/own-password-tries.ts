import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { GuessBudget, Settings } from '@app/platform';
import { sourceBudgets } from './password-budgets';
import { PasswordTries } from './password-tries';

interface Asker {
  /** Who comes by one cannot use up the other's. */
  door: 'session' | 'reset';
  accountId: string;
  requester: Requester;
}

/**
 * "Unchanged" and "recently used" tell of the account's own passwords. Where none was proved before, a change costs a
 * try until one is done: of many that are sent together few are judged, and the first to commit ends the others (ADR 0014).
 */
@Injectable()
export class OwnPasswordTries {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly tries: PasswordTries,
    private readonly settings: Settings,
  ) {}

  /** @throws DomainError `request.too-many`, `password.too-many-tries`, and what the change throws */
  async during({ door, accountId, requester }: Asker, change: () => Promise<unknown>): Promise<void> {
    const maxTries = this.settings.accountFailures;
    const own = { scope: `own-password-${door}`, key: accountId, maxTries, windowSeconds: 900 };
    // A reset stays open to whoever shares a network address with one who guesses.
    const sources = door === 'reset' ? [] : sourceBudgets(requester.ip, this.settings);
    await this.tries.take(accountId, requester, [own, ...sources]);
    await change();
    await this.budgets.settle({ cleared: [own], givenBack: sources });
  }
}
