import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { UnitOfWork } from '@app/platform';
import type { SeenAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { contextOf } from './change-password';
import { CodeTries } from './code-tries';
import { CredentialChanges } from './credential-changes';
import { NewPasswords } from './new-passwords';
import { OwnPasswordTries } from './own-password-tries';
import type { PasswordPolicy } from './password-policy';
import { PasswordProof } from './password-proof';
import { PasswordResets } from './password-resets';

/** A new password by the mailed link. Ends every session, signs nobody in, forgets the account's failures. */
@Injectable()
export class ConfirmPasswordReset {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly resets: PasswordResets,
    private readonly changes: CredentialChanges,
    private readonly newPasswords: NewPasswords,
    private readonly tries: OwnPasswordTries,
    private readonly proof: PasswordProof,
    private readonly codeTries: CodeTries,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Says before a password is typed whether the link still works; changes nothing. @throws DomainError `link.invalid` */
  async requireLive(token: string): Promise<void> {
    await this.accountOf(token);
  }

  /**
   * @throws DomainError `link.invalid`, `password.too-weak`, `password.too-many-tries`, `password.unchanged`,
   * `account.changed-meanwhile`, `service.busy`
   */
  async execute(command: { token: string; newPassword: string }, policy: PasswordPolicy, requester: Requester) {
    const account = await this.accountOf(command.token);
    const newPassword = this.newPasswords.parse(command.newPassword, policy, contextOf(account));
    await this.tries.during({ door: 'reset', accountId: account.id, requester }, async () => {
      const password = await this.newPasswords.hash({ account, password: newPassword, policy });
      await this.unitOfWork.run(requester, async (tx) => {
        await this.accounts.requireUnchanged(tx, account);
        await this.resets.spend(tx, account, command.token);
        await this.changes.swapPassword(tx, account, { password, by: 'reset', keepSessionId: null });
      });
    });
    await this.proof.forgive(account.id);
    await this.codeTries.reopen(account.id);
  }

  private async accountOf(token: string): Promise<SeenAccount> {
    const accountId = await this.resets.accountIdOf(token);
    const account = accountId === null ? null : await this.accounts.find(accountId);
    if (!account || account.disabled) throw new DomainError('link.invalid');
    return account;
  }
}
