import { Injectable } from '@nestjs/common';
import type { Locale, Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { EmailUndos } from './email-undos';
import { inEvenTime } from './even-time';
import { MailQuota } from './mail-quota';
import { type CodeBinding, MailedCodes } from './mailed-codes';

/** The purposes for which anybody may have a code sent. */
export type OpenPurpose = 'address-proof' | 'password-change' | 'password-forgotten';

export interface SendCodeCommand {
  email: string;
  purpose: OpenPurpose;
  applicationId: string;
  locale: Locale;
}

/**
 * Mails a code to an address without knowing who asks. The answer, its time and the number of mails are the same
 * whether the address is somebody's or nobody's.
 */
@Injectable()
export class SendCode {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly undos: EmailUndos,
    private readonly quota: MailQuota,
    private readonly codes: MailedCodes,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `email.invalid`, `code.too-soon` */
  execute(command: SendCodeCommand, requester: Requester): Promise<void> {
    return inEvenTime(() => this.send(command, requester));
  }

  private async send(command: SendCodeCommand, requester: Requester): Promise<void> {
    const email = EmailAddress.parse(command.email);
    await this.quota.takeOfSource('codes', requester.ip);
    // One pause for all purposes and applications: it is the mailbox that is spared.
    await this.quota.pause('open-code', email);
    await this.quota.take(email);
    const known = await this.isKnown(command.purpose, email.value);
    await this.unitOfWork.run(requester, (tx) => this.mail(tx, command, email.value, known));
  }

  /** A code for a password is of use only to an account; one for an address collides with a reserved one too. */
  private async isKnown(purpose: OpenPurpose, email: string): Promise<boolean> {
    if (purpose === 'address-proof') return this.claims.isUnavailable(email, null);
    const account = await this.accounts.findByEmail(email);
    return account !== null && this.undos.mayRecover(account);
  }

  private async mail(tx: Tx, { purpose, applicationId, locale }: SendCodeCommand, email: string, known: boolean) {
    const binding: CodeBinding = { purpose, email, accountId: null, applicationId };
    const { expiresAt } = await this.codes.issue(tx, binding, null);
    const isProof = purpose === 'address-proof';
    tx.record('account.code-requested.v1', {
      accountId: null,
      purpose,
      expiresAt: expiresAt.toISOString(),
      recipients: isProof || known ? [{ address: email, locale, role: isProof ? 'new' : 'current' }] : [],
      addressTaken: isProof && known,
    });
  }
}
