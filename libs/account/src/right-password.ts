import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { type Clauses, GuessBudget, Settings, type Settlement } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { passwordBudget } from './password-budgets';
import { recipientOf } from './recipient-of';

export interface RightPasswordOf {
  account: LiveAccount;
  /** Whether its mailbox may reset the password (`EmailUndos.mayRecover`). */
  mayRecover: boolean;
}

/** What a right password does to the wrong ones before it, at whichever door: they no longer count. */
@Injectable()
export class RightPassword {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly settings: Settings,
  ) {}

  /** After as many failures in a row as close the account, its mailbox is told, in the same commit. Answers for `beside`. */
  async accept(
    { account, mayRecover }: RightPasswordOf,
    requester: Requester,
    success: Pick<Settlement, 'givenBack' | 'note'>,
    ...beside: Clauses[]
  ): Promise<unknown> {
    const { id: accountId, credentialVersion } = account;
    const told = { recipients: [recipientOf(account)], failures: 0, canReset: mayRecover };
    const event = {
      name: 'account.password-proved-after-failures.v1',
      data: { accountId, credentialVersion, ...told },
    } as const;
    const cleared = [passwordBudget(accountId, this.settings)];
    const alert = { from: this.settings.accountFailures, event, requester };
    return this.budgets.settle({ ...success, cleared, alert }, ...beside);
  }
}
