import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { isRepeat, randomToken, type Tx, UnitOfWork } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { MailQuota } from './mail-quota';
import { type CodeBinding, MailedCodes } from './mailed-codes';
import { PasswordProof } from './password-proof';
import { type PendingEmailChange, PendingEmailChanges } from './pending-email-changes';
import { recipientOf } from './recipient-of';

export interface StartEmailChangeCommand {
  accountId: string;
  newEmail: string;
  currentPassword: string;
}

/**
 * Asks for a change of address: a code to the new one, a warning with a cancel link to the old one.
 * Nothing else changes until the code comes back. Free or taken makes no difference here.
 */
@Injectable()
export class StartEmailChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly proof: PasswordProof,
    private readonly claims: EmailClaims,
    private readonly quota: MailQuota,
    private readonly codes: MailedCodes,
    private readonly pendings: PendingEmailChanges,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * @throws DomainError `account.gone`, `email.invalid`, `password.current-wrong`, `password.too-many-tries`,
   * `code.too-soon`, `email.unchanged`
   */
  async execute(command: StartEmailChangeCommand, requester: Requester): Promise<PendingEmailChange> {
    const account = await this.accounts.getWithHash(command.accountId);
    const newEmail = EmailAddress.parse(command.newEmail);
    if (!isRepeat(requester)) {
      await this.proof.require(account, command.currentPassword, requester);
      await this.requireWanted(account, newEmail);
    }
    const taken = await this.claims.isUnavailable(newEmail.value, account.id);
    const { result } = await this.unitOfWork.run(requester, (tx) => this.put(tx, account, newEmail.value, taken));
    return result;
  }

  private async requireWanted(account: LiveAccount, newEmail: EmailAddress): Promise<void> {
    // First, so that who asks too often gets one answer, whatever the address.
    await this.quota.takeOfAccount(account.id);
    if (newEmail.value === account.email) throw new DomainError('email.unchanged');
    await this.quota.take(newEmail);
  }

  private async put(tx: Tx, account: LiveAccount, newEmail: string, taken: boolean): Promise<PendingEmailChange> {
    const cancelToken = randomToken();
    // A change that has committed since the password was proved wins: this pending one would be born dead.
    await this.accounts.requireUnchanged(tx, account);
    const pending = await this.pendings.put(tx, account, newEmail, cancelToken);
    const { expiresAt } = await this.codes.issue(tx, bindingOf(account, newEmail), account.credentialVersion);
    tx.seal(account.email, { cancelToken });
    tx.record('account.email-change-requested.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [recipientOf(account), { address: newEmail, locale: account.locale, role: 'new' }],
      newEmail,
      expiresAt: expiresAt.toISOString(),
      newEmailTaken: taken,
    });
    return pending;
  }
}

export const bindingOf = (account: LiveAccount, newEmail: string): CodeBinding => ({
  purpose: 'email-change',
  email: newEmail,
  accountId: account.id,
  applicationId: null,
});
