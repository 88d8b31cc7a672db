import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { UnitOfWork } from '@app/platform';
import type { LiveAccount, SeenAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import type { PasswordChangePolicy } from './change-policy';
import { CredentialChanges } from './credential-changes';
import { NewPasswords } from './new-passwords';
import { PasswordProof } from './password-proof';

export interface ChangePasswordCommand {
  accountId: string;
  /** Absent where the surface lets an account without a password set its first. */
  currentPassword?: string;
  newPassword: string;
  /** The session that goes on under a new id; `null` ends them all. */
  keepSessionId: string | null;
}

/** What a change of credentials did to the account's sessions. */
export interface ChangeOutcome {
  sessionsEnded: number;
  /** The successor of the kept session, whose tokens are the controller's to fetch. */
  keptSessionId: string | null;
}

export interface PasswordChangeOutcome extends ChangeOutcome {
  passwordChangedAt: Date;
}

@Injectable()
export class ChangePassword {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly proof: PasswordProof,
    private readonly newPasswords: NewPasswords,
    private readonly unitOfWork: UnitOfWork,
    private readonly changes: CredentialChanges,
  ) {}

  /**
   * @throws DomainError `account.gone`, `password.current-wrong`, `password.too-many-tries`, `password.too-weak`,
   * `password.unchanged`, `account.changed-meanwhile`, `service.busy`
   */
  async execute(
    command: ChangePasswordCommand,
    policy: PasswordChangePolicy,
    requester: Requester,
  ): Promise<PasswordChangeOutcome> {
    const account = await this.accounts.getWithHash(command.accountId);
    await this.requireCurrentPassword(account, command, policy, requester);
    const newPassword = this.newPasswords.parse(command.newPassword, policy.password, contextOf(account));
    const password = await this.newPasswords.hash({
      account,
      password: newPassword,
      policy: policy.password,
      currentPassword: command.currentPassword,
    });

    const { result, reports } = await this.unitOfWork.run(requester, (tx) =>
      this.changes.swapPassword(tx, account, {
        password,
        by: 'change',
        keepSessionId: command.keepSessionId,
      }),
    );
    return {
      // The swap has just set it.
      passwordChangedAt: result.passwordChangedAt as Date,
      sessionsEnded: reports.sessionsEnded ?? 0,
      keptSessionId: reports.keptSessionId ?? null,
    };
  }

  private async requireCurrentPassword(
    account: LiveAccount,
    { currentPassword }: ChangePasswordCommand,
    policy: PasswordChangePolicy,
    requester: Requester,
  ): Promise<void> {
    // Read together with the version that the swap compares: a first password set meanwhile makes the swap fail.
    if (policy.currentPassword === 'if-set' && account.passwordHash === null) return;
    if (currentPassword === undefined) throw new DomainError('password.current-wrong');
    await this.proof.require(account, currentPassword, requester);
  }
}

/** The words of an account that its password may not be. */
export const contextOf = (account: SeenAccount, ...otherAddresses: string[]) => ({
  addresses: [account.email, ...(account.pendingEmail === null ? [] : [account.pendingEmail]), ...otherAddresses],
  displayName: account.displayName,
});
