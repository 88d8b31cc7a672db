import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { GuessBudget, Settings, type Settlement, UnitOfWork, withoutReservation } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { EmailUndos } from './email-undos';
import { passwordBudget } from './password-budgets';
import { recipientOf } from './recipient-of';

/** What a right password does to the wrong ones before it, at whichever door: they no longer count. */
@Injectable()
export class RightPassword {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly undos: EmailUndos,
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: Settings,
  ) {}

  /** After as many failures in a row as close the account, its mailbox is told, and they count until that is committed. */
  async accept(account: LiveAccount, requester: Requester, success: Omit<Settlement, 'cleared'> = {}): Promise<void> {
    const cleared = [passwordBudget(account.id, this.settings)];
    const failures = await this.budgets.settle({ ...success, cleared, keptFrom: this.settings.accountFailures });
    if (failures > 0) await this.tell(account, failures, requester);
  }

  private async tell(account: LiveAccount, failures: number, requester: Requester): Promise<void> {
    const canReset = await this.undos.mayRecover(account);
    await this.unitOfWork.run(withoutReservation(requester), async (tx) => {
      // Of several that come in together one tells.
      if (!(await this.budgets.clear(tx, passwordBudget(account.id, this.settings)))) return;
      tx.record('account.password-proved-after-failures.v1', {
        accountId: account.id,
        credentialVersion: account.credentialVersion,
        recipients: [recipientOf(account)],
        failures,
        canReset,
      });
    });
  }
}
