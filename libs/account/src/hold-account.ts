import { Injectable } from '@nestjs/common';
import { DomainError, type Recipient } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { EmailUndos } from './email-undos';
import { recipientOf } from './recipient-of';

interface HeldAccount {
  credentialVersion: number;
  recipients: Recipient[];
}

/** Keeps everybody else from changing the account until the transaction ends. */
@Injectable()
export class HoldAccount {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly undos: EmailUndos,
  ) {}

  /** @throws DomainError `account.not-found` */
  async hold(tx: Tx, accountId: string): Promise<HeldAccount> {
    return heldOf(await this.find(tx, accountId));
  }

  /** With whether a reset would be mailed. @throws DomainError `account.not-found` */
  async holdToWarn(tx: Tx, accountId: string): Promise<HeldAccount & { canReset: boolean }> {
    const account = await this.find(tx, accountId);
    return { ...heldOf(account), canReset: await this.undos.mayRecover(account, tx) };
  }

  private async find(tx: Tx, accountId: string): Promise<LiveAccount> {
    const account = await this.accounts.hold(tx, accountId);
    if (!account) throw new DomainError('account.not-found');
    return account;
  }
}

const heldOf = (account: LiveAccount): HeldAccount => ({
  credentialVersion: account.credentialVersion,
  recipients: [recipientOf(account)],
});
