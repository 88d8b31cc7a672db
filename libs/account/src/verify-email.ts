import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { UnitOfWork } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { EmailUndos } from './email-undos';
import { MailQuota } from './mail-quota';
import { type CodeAttempt, type CodeBinding, MailedCodes, verificationOf } from './mailed-codes';
import { recipientsOf } from './recipient-of';

/** Proves an address that took effect unproved. */
@Injectable()
export class VerifyEmail {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly undos: EmailUndos,
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
    await this.prove(account, { binding: verificationOf(account), code, triedBy: { accountId } }, requester);
    return { email: account.email };
  }

  /**
   * By somebody who is not signed in and reads the mailbox. An address that is nobody's goes the same way to the
   * same refusal. @throws DomainError `email.invalid`, `code.invalid`, `request.too-many`, `account.changed-meanwhile`
   */
  async confirmByAddress(command: { email: string; code: string }, requester: Requester): Promise<void> {
    const email = EmailAddress.parse(command.email).value;
    const account = await this.accounts.findByEmail(email);
    const binding = account ? verificationOf(account) : verificationOfNobody(email);
    const triedBy = { accountId: null, addressOf: account?.id ?? null };
    await this.prove(account, { binding, code: command.code, triedBy }, requester);
  }

  private async prove(account: LiveAccount | null, attempt: CodeAttempt, requester: Requester): Promise<void> {
    await this.codes.onProof(attempt, requester, () =>
      this.unitOfWork.run(requester, async (tx) => {
        if (account) await this.accounts.requireUnchanged(tx, account);
        await this.codes.spend(tx, attempt);
        if (!account || account.disabled) throw new DomainError('code.invalid');
        const { id, credentialVersion, email } = account;
        await this.accounts.markVerified(tx, id);
        // An address that the account came back to unproved: now its mailbox has spoken.
        const ended = await this.undos.endSince(tx, id, email);
        await this.claims.reserveLeft(tx, id, email);
        const recipients = recipientsOf('old', ended);
        tx.record('account.email-verified.v1', { accountId: id, credentialVersion, recipients, email });
      }),
    );
  }
}

const verificationOfNobody = (email: string): CodeBinding => ({
  purpose: 'email-verification',
  email,
  accountId: null,
  applicationId: null,
});
