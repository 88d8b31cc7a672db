import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/contracts';
import { AccountRepository } from './account.repository';
import { type PendingEmailChange, PendingEmailChanges } from './pending-email-changes';

@Injectable()
export class ReadEmailChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly pendings: PendingEmailChanges,
  ) {}

  /** @throws DomainError `email-change.not-pending` */
  async execute(accountId: string): Promise<PendingEmailChange> {
    const pending = await this.pendings.find(await this.accounts.getWithHash(accountId));
    if (!pending) throw new DomainError('email-change.not-pending');
    return pending;
  }
}
