import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { PendingEmailChanges } from './pending-email-changes';
import { recipientOf } from './recipient-of';

/** By the person who is signed in, or by the link in the warning that the old address got. */
@Injectable()
export class CancelEmailChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly pendings: PendingEmailChanges,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `email-change.not-pending` */
  async execute(accountId: string, requester: Requester): Promise<void> {
    const account = await this.accounts.getWithHash(accountId);
    await this.unitOfWork.run(requester, (tx) => this.cancel(tx, account, 'email-change.not-pending'));
  }

  /** What the link would cancel, masked; changes nothing. @throws DomainError `link.invalid` */
  async preview(token: string): Promise<{ newEmail: string }> {
    const accountId = await this.pendings.accountIdOfCancelToken(token);
    const account = accountId === null ? null : await this.accounts.find(accountId);
    const pending = account && (await this.pendings.find(account));
    if (!pending) throw new DomainError('link.invalid');
    return { newEmail: EmailAddress.parse(pending.newEmail).masked() };
  }

  /** @throws DomainError `link.invalid` */
  async byToken(token: string, requester: Requester): Promise<void> {
    const accountId = await this.pendings.accountIdOfCancelToken(token);
    if (accountId === null) throw new DomainError('link.invalid');
    const account = await this.accounts.getWithHash(accountId);
    await this.unitOfWork.run(requester, (tx) => this.cancel(tx, account, 'link.invalid'));
  }

  private async cancel(
    tx: Tx,
    account: LiveAccount,
    refusal: 'email-change.not-pending' | 'link.invalid',
  ): Promise<void> {
    const pending = await this.pendings.remove(tx, account);
    if (!pending) throw new DomainError(refusal);
    tx.record('account.email-change-cancelled.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [recipientOf(account)],
    });
  }
}
