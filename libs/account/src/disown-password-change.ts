import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { NotMeLinks } from './not-me-links';
import { PasswordResets } from './password-resets';
import { recipientOf } from './recipient-of';

/** The mailbox that was told of a new password says "this was not me": only a reset from that mailbox signs in again. */
@Injectable()
export class DisownPasswordChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly links: NotMeLinks,
    private readonly resets: PasswordResets,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Of which account the link is, masked; changes nothing. @throws DomainError `link.invalid` */
  async preview(token: string): Promise<{ email: string }> {
    const account = await this.accounts.find(await this.links.accountIdOf(token));
    if (!account) throw new DomainError('link.invalid');
    return { email: EmailAddress.parse(account.email).masked() };
  }

  /** Resolves with the address that the reset is mailed to. @throws DomainError `link.invalid` */
  async execute(token: string, requester: Requester): Promise<{ email: string }> {
    const accountId = await this.links.accountIdOf(token);
    const { result } = await this.unitOfWork.run(requester, (tx) => this.disown(tx, accountId, token));
    return result;
  }

  private async disown(tx: Tx, accountId: string, token: string): Promise<{ email: string }> {
    // Held first: whatever a thief changes at this moment comes before it or is refused after it.
    const seen = await this.accounts.hold(tx, accountId);
    await this.links.spend(tx, token);
    if (!seen) throw new DomainError('link.invalid');
    const account = await this.accounts.swap(tx, seen, { passwordResetRequired: true });
    const { id, credentialVersion, email } = account;
    const recipients = [recipientOf(account)];
    const canReset = !account.disabled;
    tx.record('account.password-change-disowned.v1', { accountId: id, credentialVersion, recipients, canReset });
    if (canReset) await this.resets.mail(tx, account, { onlyWayIn: true });
    return { email };
  }
}
