import { Injectable } from '@nestjs/common';
import { DomainError, type Locale, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { Account, type LiveAccount, type Plan } from './account.entity';
import { AccountErasure } from './account-erasure';
import { AccountRepository } from './account.repository';
import { type AccountSummary, summaryOf } from './account-summary';
import { EmailAddress } from './email-address';
import { EmailUndos } from './email-undos';
import { PasswordResets } from './password-resets';
import { recipientOf } from './recipient-of';

export interface AccountPatch {
  plan?: Plan;
  locale?: Locale;
  displayName?: string;
  disabled?: boolean;
}

const PLAIN_FIELDS = ['plan', 'locale', 'displayName'] as const;

/** What a service may do to an account. None of it sets or shows a password. */
@Injectable()
export class ManageAccount {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly erasure: AccountErasure,
    private readonly undos: EmailUndos,
    private readonly resets: PasswordResets,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `account.not-found` */
  async get(accountId: string): Promise<AccountSummary> {
    return summaryOf(await this.find(accountId));
  }

  /** @throws DomainError `account.not-found`, `email.invalid` */
  async getByEmail(email: string): Promise<AccountSummary> {
    const account = await this.accounts.findByEmail(EmailAddress.parse(email).value);
    if (!account) throw new DomainError('account.not-found');
    return summaryOf(account);
  }

  /**
   * Disabling ends the account's sessions at once. Enabling mails a reset to an account that has no other way in.
   * @throws DomainError `account.not-found`, `account.changed-meanwhile`, `change.empty`
   */
  async patch(accountId: string, patch: AccountPatch, requester: Requester): Promise<AccountSummary> {
    const { disabled, plan, locale, displayName } = patch;
    const plain = { plan, locale, displayName };
    const hasPlain = Object.values(plain).some((value) => value !== undefined);
    if (!hasPlain && disabled === undefined) throw new DomainError('change.empty');
    const seen = await this.find(accountId);
    await this.unitOfWork.run(requester, async (tx) => {
      if (hasPlain) await this.update(tx, accountId, plain);
      if (disabled !== undefined && disabled !== seen.disabled) await this.setDisabled(tx, seen, disabled);
    });
    return this.get(accountId);
  }

  /**
   * The next sign-in yields a token that can only change the password.
   * @throws DomainError `account.not-found`, `account.changed-meanwhile`
   */
  async requirePasswordChange(accountId: string, requester: Requester): Promise<void> {
    const seen = await this.accounts.find(accountId);
    await this.unitOfWork.run(requester, async (tx) => {
      const account = await this.accounts.swap(tx, known(seen), { passwordChangeRequired: true });
      const canReset = await this.undos.mayRecover(account, tx);
      tx.record('account.password-change-required.v1', { ...alertOf(account), canReset });
    });
  }

  /** Erases what is personal; a tombstone stays. @throws DomainError `account.not-found`, `account.changed-meanwhile` */
  async delete(accountId: string, requester: Requester): Promise<void> {
    const seen = await this.find(accountId);
    await this.unitOfWork.run(requester, (tx) => this.erasure.erase(tx, seen));
  }

  private async find(accountId: string): Promise<LiveAccount> {
    return known(await this.accounts.find(accountId));
  }

  private async update(tx: Tx, accountId: string, changes: Omit<AccountPatch, 'disabled'>): Promise<void> {
    const seen = await this.accounts.hold(tx, accountId);
    // A tombstone stays as it is: it must not be given a name again.
    if (!seen) throw new DomainError('account.changed-meanwhile');
    const fields = PLAIN_FIELDS.filter((field) => changes[field] !== undefined && changes[field] !== seen[field]);
    if (fields.length === 0) return;
    await tx.manager.update(Account, { id: accountId }, changes);
    tx.record('account.updated.v1', { ...alertOf(seen), fields });
  }

  private async setDisabled(tx: Tx, seen: LiveAccount, disabled: boolean): Promise<void> {
    const account = await this.accounts.swap(tx, seen, { disabled });
    tx.record(disabled ? 'account.disabled.v1' : 'account.enabled.v1', alertOf(account));
    // The one that was mailed before, if any was, died when the account was disabled.
    if (!disabled && account.passwordResetRequired) await this.resets.mail(tx, account, { onlyWayIn: true });
  }
}

function known(account: LiveAccount | null): LiveAccount {
  if (!account) throw new DomainError('account.not-found');
  return account;
}

const alertOf = (account: LiveAccount) => ({
  accountId: account.id,
  credentialVersion: account.credentialVersion,
  recipients: [recipientOf(account)],
});
