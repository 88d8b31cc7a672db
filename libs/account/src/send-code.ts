import { Injectable } from '@nestjs/common';
import type { Locale, Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
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
    private readonly quota: MailQuota,
    private readonly codes: MailedCodes,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `email.invalid`, `code.too-soon` */
  async execute(command: SendCodeCommand, requester: Requester): Promise<void> {
    const email = EmailAddress.parse(command.email);
    await this.quota.pause(`${command.purpose}:${command.applicationId}`, email);
    await this.quota.take(email);
    const taken = await this.claims.isHeldByAnother(email.value, null);
    await this.unitOfWork.run(requester, (tx) => this.mail(tx, command, email.value, taken));
  }

  private async mail(tx: Tx, { purpose, applicationId, locale }: SendCodeCommand, email: string, taken: boolean) {
    const binding: CodeBinding = { purpose, email, accountId: null, applicationId };
    const { code, expiresAt } = await this.codes.issue(tx, binding, null);
    tx.seal(email, { code });
    tx.record('account.code-requested.v1', {
      accountId: null,
      purpose,
      expiresAt: expiresAt.toISOString(),
      // A code for a password is of use to the address's account alone.
      recipients: purpose === 'address-proof' || taken ? [{ address: email, locale, role: 'new' }] : [],
      addressTaken: purpose === 'address-proof' && taken,
    });
  }
}
