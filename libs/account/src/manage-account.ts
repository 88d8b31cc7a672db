import { Injectable } from '@nestjs/common';
import { DomainError, type Locale, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { Account, type LiveAccount, type Plan } from './account.entity';
import { AccountRepository } from './account.repository';
import { ApiKeys } from './api-keys';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { recipientOf } from './recipient-of';

export interface AccountPatch {
  plan?: Plan;
  locale?: Locale;
  displayName?: string;
  disabled?: boolean;
}

/** What a service may do to an account. None of it sets or shows a password. */
@Injectable()
export class ManageAccount {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly apiKeys: ApiKeys,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `account.not-found` */
  async get(accountId: string): Promise<LiveAccount> {
    const account = await this.accounts.find(accountId);
    if (!account) throw new DomainError('account.not-found');
    return account;
  }

  /** @throws DomainError `account.not-found`, `email.invalid` */
  async getByEmail(email: string): Promise<LiveAccount> {
    const account = await this.accounts.findByEmail(EmailAddress.parse(email).value);
    if (!account) throw new DomainError('account.not-found');
    return account;
  }

  /** Disabling ends the account's sessions at once. @throws DomainError `account.not-found`, `account.changed-meanwhile` */
  async patch(accountId: string, patch: AccountPatch, requester: Requester): Promise<LiveAccount> {
    const account = await this.get(accountId);
    const { disabled, ...plain } = patch;
    await this.unitOfWork.run(requester, async (tx) => {
      if (Object.keys(plain).length > 0) await tx.manager.update(Account, { id: accountId }, plain);
      if (disabled !== undefined && disabled !== account.disabled) await this.setDisabled(tx, account, disabled);
    });
    return this.get(accountId);
  }

  /** The next sign-in yields a token that can only change the password. */
  async requirePasswordChange(accountId: string, requester: Requester): Promise<void> {
    const seen = await this.get(accountId);
    await this.unitOfWork.run(requester, async (tx) => {
      const account = await this.accounts.swap(tx, seen, { passwordChangeRequired: true });
      tx.record('account.password-change-required.v1', alertOf(account));
    });
  }

  /** Erases what is personal; a tombstone stays. @throws DomainError `account.not-found`, `account.changed-meanwhile` */
  async delete(accountId: string, requester: Requester): Promise<void> {
    const seen = await this.get(accountId);
    await this.unitOfWork.run(requester, async (tx) => {
      const { credentialVersion } = await this.accounts.swap(tx, seen, { ...TOMBSTONE, deletedAt: () => 'now()' });
      await this.claims.release(tx, accountId);
      await this.apiKeys.revokeAll(tx, accountId);
      await tx.manager.query('DELETE FROM undo_token WHERE account_id = $1', [accountId]);
      tx.record('account.deleted.v1', { accountId, credentialVersion, recipients: [recipientOf(seen)] });
    });
  }

  private async setDisabled(tx: Tx, seen: LiveAccount, disabled: boolean): Promise<void> {
    const account = await this.accounts.swap(tx, seen, { disabled });
    if (disabled) tx.record('account.disabled.v1', alertOf(account));
    else tx.record('account.enabled.v1', { ...alertOf(account), recipients: [] });
  }
}

const TOMBSTONE = {
  email: null,
  emailVerified: false,
  passwordHash: null,
  displayName: null,
  organisationId: null,
  organisationRole: null,
  passwordChangedAt: null,
} as const;

const alertOf = (account: LiveAccount) => ({
  accountId: account.id,
  credentialVersion: account.credentialVersion,
  recipients: [recipientOf(account)],
});
