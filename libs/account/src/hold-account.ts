import { Injectable } from '@nestjs/common';
import { IsNull } from 'typeorm';
import { DomainError, type Recipient } from '@app/contracts';
import type { Tx } from '@app/platform';
import { Account, type LiveAccount } from './account.entity';
import { recipientOf } from './recipient-of';

/** Keeps everybody else from changing the account until the transaction ends. */
@Injectable()
export class HoldAccount {
  /** @throws DomainError `account.not-found` */
  async hold(tx: Tx, accountId: string): Promise<{ credentialVersion: number; recipients: Recipient[] }> {
    const account = await tx.manager.findOne(Account, {
      where: { id: accountId, deletedAt: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
    if (!account) throw new DomainError('account.not-found');
    return { credentialVersion: account.credentialVersion, recipients: [recipientOf(account as LiveAccount)] };
  }
}
