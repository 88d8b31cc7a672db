import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog, GuessBudget, PasswordHasher, Settings } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { passwordBudget } from './password-budgets';
import { RightPassword } from './right-password';

/**
 * The current password of somebody who is signed in. Every door, sign-in too, counts in the same budget of the account,
 * and each try is counted before it is judged.
 */
@Injectable()
export class PasswordProof {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly right: RightPassword,
    private readonly settings: Settings,
  ) {}

  /** @throws DomainError `password.current-wrong`, `password.too-many-tries` */
  async require(account: LiveAccount, password: string, requester: Requester): Promise<void> {
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(passwordBudget(account.id, this.settings));
    if (spentScopes.length > 0) throw new DomainError('password.too-many-tries', { retryAfterSeconds });
    if (!(await this.hasher.verify(password, account.passwordHash))) {
      await this.audit.note('password.current-wrong', account.id, requester);
      throw new DomainError('password.current-wrong');
    }
    await this.right.accept(account, requester);
  }

  /** After a reset from the mailbox: the account's failures no longer count. */
  async forgive(accountId: string): Promise<void> {
    await this.budgets.settle({ cleared: [passwordBudget(accountId, this.settings)] });
  }
}
