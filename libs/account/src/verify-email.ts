import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { MailQuota } from './mail-quota';
import { MailedCodes, verificationOf } from './mailed-codes';

/** Proves an address that took effect unproved. */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly quota: MailQuota,
    private readonly codes: MailedCodes,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Mails a code, unless there is nothing to prove. @throws DomainError `code.too-soon` */
  async request(accountId: string, requester: Requester): Promise<void> {
    const account = await this.accounts.getWithHash(accountId);
    if (account.emailVerified) return;
    const address = EmailAddress.parse(account.email);
    await this.quota.pause('email-verification', address);
    await this.quota.take(address);
    await this.unitOfWork.run(requester, async (tx) => {
      await this.accounts.requireUnchanged(tx, account);
      await this.codes.mailVerification(tx, account);
    });
  }

  /** @throws DomainError `code.invalid`, `account.changed-meanwhile` */
  async confirm(accountId: string, code: string, requester: Requester): Promise<{ email: string }> {
    const account = await this.accounts.getWithHash(accountId);
    const attempt = { binding: verificationOf(account), code, triedBy: { accountId } };
    await this.codes.onProof(attempt, requester, () =>
      this.unitOfWork.run(requester, async (tx) => {
        await this.accounts.requireUnchanged(tx, account);
        await this.codes.spend(tx, attempt);
        await this.accounts.markVerified(tx, account.id);
        const { id, credentialVersion, email } = account;
        tx.record('account.email-verified.v1', { accountId: id, credentialVersion, recipients: [], email });
      }),
    );
    return { email: account.email };
  }
}
