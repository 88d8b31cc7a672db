import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { MailQuota } from './mail-quota';
import { MailedCodes } from './mailed-codes';
import { type PendingEmailChange, PendingEmailChanges, requireResendDue } from './pending-email-changes';
import { bindingOf } from './start-email-change';

/** Another code to the new address; the one before it dies. Resending is for the asker alone. */
@Injectable()
export class ResendEmailChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly pendings: PendingEmailChanges,
    private readonly claims: EmailClaims,
    private readonly quota: MailQuota,
    private readonly codes: MailedCodes,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `email-change.not-pending`, `code.too-soon`, `account.changed-meanwhile` */
  async execute(accountId: string, requester: Requester): Promise<PendingEmailChange> {
    const account = await this.accounts.getWithHash(accountId);
    const pending = await this.pendings.find(account);
    if (!pending) throw new DomainError('email-change.not-pending');
    // Before the quota: who asks too often must not use up the mails of somebody's mailbox without a mail.
    requireResendDue(pending);
    await this.quota.takeOfAccount(account.id);
    await this.quota.take(EmailAddress.parse(pending.newEmail));
    const taken = await this.claims.isUnavailable(pending.newEmail, account.id);
    const { result } = await this.unitOfWork.run(requester, (tx) => this.mailAgain(tx, account, taken));
    return result;
  }

  private async mailAgain(tx: Tx, account: LiveAccount, taken: boolean): Promise<PendingEmailChange> {
    // The account first, as a confirmation does: the new code names the account, whose row that one holds.
    await this.accounts.requireUnchanged(tx, account);
    const pending = await this.pendings.prolong(tx, account);
    const binding = bindingOf(account, pending.newEmail);
    const { expiresAt } = await this.codes.issue(tx, binding, account.credentialVersion);
    tx.record('account.code-requested.v1', {
      accountId: account.id,
      purpose: binding.purpose,
      expiresAt: expiresAt.toISOString(),
      recipients: [{ address: pending.newEmail, locale: account.locale, role: 'new' }],
      addressTaken: taken,
    });
    return pending;
  }
}
