import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog, GuessBudget, PasswordHasher, Settings } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { EmailUndos } from './email-undos';
import { passwordBudget, sourceBudgets } from './password-budgets';
import { PasswordTries } from './password-tries';
import { RightPassword } from './right-password';

/**
 * The current password of somebody who is signed in. Every door, sign-in too, counts in the same budgets of the account
 * and of the source, and each try is counted before it is judged.
 */
@Injectable()
export class PasswordProof {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly tries: PasswordTries,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly right: RightPassword,
    private readonly undos: EmailUndos,
    private readonly settings: Settings,
  ) {}

  /** @throws DomainError `request.too-many`, `password.too-many-tries`, `password.current-wrong` */
  async require(account: LiveAccount, password: string, requester: Requester): Promise<void> {
    const sources = sourceBudgets(requester.ip, this.settings);
    await this.tries.take(account.id, requester, [passwordBudget(account.id, this.settings), ...sources]);
    if (!(await this.hasher.verify(password, account.passwordHash))) {
      await this.audit.note('password.current-wrong', account.id, requester);
      throw new DomainError('password.current-wrong');
    }
    const mayRecover = await this.undos.mayRecover(account);
    await this.right.accept({ account, mayRecover }, requester, { givenBack: sources });
  }

  /** After a reset from the mailbox: the account's failures no longer count. */
  async forgive(accountId: string): Promise<void> {
    await this.budgets.settle({ cleared: [passwordBudget(accountId, this.settings)] });
  }
}
