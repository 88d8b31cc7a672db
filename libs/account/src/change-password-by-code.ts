import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { UnitOfWork } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { contextOf } from './change-password';
import { CredentialChanges } from './credential-changes';
import { EmailAddress } from './email-address';
import { type CodeAttempt, MailedCodes } from './mailed-codes';
import { type HashedPassword, NewPasswords } from './new-passwords';
import type { PasswordPolicy } from './password-policy';
import { PasswordProof } from './password-proof';

export interface ChangePasswordByCodeCommand {
  /** Who is signed in; `null` for somebody who has forgotten the password. */
  accountId: string | null;
  /** Whose password, for somebody who is not signed in. */
  email?: string;
  code: string;
  newPassword: string;
  applicationId: string;
}

/** A new password on the strength of a code that was mailed to the account's own address. */
@Injectable()
export class ChangePasswordByCode {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly codes: MailedCodes,
    private readonly changes: CredentialChanges,
    private readonly newPasswords: NewPasswords,
    private readonly proof: PasswordProof,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * @throws DomainError `account.gone`, `email.invalid`, `password.too-weak`, `code.invalid`, `request.too-many`,
   * `password.unchanged` (only after a right code), `account.changed-meanwhile`, `service.busy`
   */
  async execute(command: ChangePasswordByCodeCommand, policy: PasswordPolicy, requester: Requester): Promise<void> {
    const { account, email } = await this.whose(command);
    // Before the code only against what the asker has said: more would tell who has an account, and under which name.
    this.newPasswords.parse(command.newPassword, policy, { addresses: [email], displayName: null });
    const attempt = attemptOf(command, email, account?.id ?? null);
    await this.codes.onProof(attempt, requester, async () => {
      if (!account || account.disabled) throw new DomainError('code.invalid');
      const password = this.newPasswords.parse(command.newPassword, policy, contextOf(account));
      const hashed = await this.newPasswords.hash({ account, password, policy });
      await this.change(account, attempt, hashed, requester);
    });
    if (account) await this.proof.forgive(account.id);
  }

  private async change(account: LiveAccount, attempt: CodeAttempt, password: HashedPassword, requester: Requester) {
    await this.unitOfWork.run(requester, async (tx) => {
      // The account first, always: the consumers of the change lock in this order too.
      await this.accounts.requireUnchanged(tx, account);
      await this.codes.spend(tx, attempt);
      await this.changes.swapPassword(tx, account, { password, by: 'code', keepSessionId: null });
    });
  }

  /** An address that is nobody's goes the same way to the same refusal. */
  private async whose({ accountId, email }: ChangePasswordByCodeCommand) {
    if (accountId !== null) {
      const account = await this.accounts.getWithHash(accountId);
      return { account, email: account.email };
    }
    const address = EmailAddress.parse(email).value;
    return { account: await this.accounts.findByEmail(address), email: address };
  }
}

function attemptOf(command: ChangePasswordByCodeCommand, email: string, addressOf: string | null): CodeAttempt {
  const { accountId, code, applicationId } = command;
  const purpose = accountId === null ? 'password-forgotten' : 'password-change';
  const triedBy = accountId === null ? { accountId, addressOf } : { accountId };
  return { binding: { purpose, email, accountId: null, applicationId }, code, triedBy };
}
