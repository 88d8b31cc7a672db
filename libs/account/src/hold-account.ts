import { Injectable } from '@nestjs/common';
import { DomainError, type Recipient } from '@app/contracts';
import type { Tx } from '@app/platform';
import { AccountRepository } from './account.repository';
import { recipientOf } from './recipient-of';

/** Keeps everybody else from changing the account until the transaction ends. */
@Injectable()
export class HoldAccount {
  constructor(private readonly accounts: AccountRepository) {}

  /** @throws DomainError `account.not-found` */
  async hold(tx: Tx, accountId: string): Promise<{ credentialVersion: number; recipients: Recipient[] }> {
    const account = await this.accounts.hold(tx, accountId);
    if (!account) throw new DomainError('account.not-found');
    return { credentialVersion: account.credentialVersion, recipients: [recipientOf(account)] };
  }
}
