import { Injectable } from '@nestjs/common';
import { DomainError, type Recipient, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { type EmailUndo, EmailUndos } from './email-undos';
import { PasswordResets } from './password-resets';
import { recipientOf } from './recipient-of';

/**
 * The old mailbox takes the account back: its address is restored whatever was changed since, everything that
 * anybody holds is dead, and the only way in is a reset that is mailed to it.
 */
@Injectable()
export class UndoEmailChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly undos: EmailUndos,
    private readonly resets: PasswordResets,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** What the link would do, both addresses masked; changes nothing. @throws DomainError `link.invalid` */
  async preview(token: string): Promise<{ restores: string; replaces: string }> {
    const undo = await this.undos.find(token);
    const account = await this.accounts.find(undo.accountId);
    if (!account) throw new DomainError('link.invalid');
    return { restores: masked(undo.restoresEmail), replaces: masked(account.email) };
  }

  /** @throws DomainError `link.invalid`, `account.changed-meanwhile` */
  async execute(token: string, requester: Requester): Promise<{ email: string }> {
    const undo = await this.undos.find(token);
    const account = await this.accounts.find(undo.accountId);
    if (!account) throw new DomainError('link.invalid');
    await this.unitOfWork.run(requester, (tx) => this.restore(tx, account, undo));
    return { email: undo.restoresEmail };
  }

  private async restore(tx: Tx, seen: LiveAccount, undo: EmailUndo): Promise<void> {
    const account = await this.accounts.swap(tx, seen, {
      email: undo.restoresEmail,
      emailVerified: true,
      passwordResetRequired: true,
    });
    await this.undos.spend(tx, undo);
    await this.claims.claim(tx, undo.restoresEmail, account.id);
    await this.claims.releaseUnneeded(tx, account.id, undo.restoresEmail);
    tx.record('account.email-change-undone.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [recipientOf(account), ...leftBehind(seen, undo)],
      restoredEmail: undo.restoresEmail,
      replacedEmail: seen.email,
    });
    if (!account.disabled) await this.mailReset(tx, account);
  }

  private async mailReset(tx: Tx, account: LiveAccount): Promise<void> {
    const { resetToken, expiresAt } = await this.resets.issue(tx, account);
    tx.seal(account.email, { resetToken });
    tx.record('account.password-reset-requested.v1', {
      accountId: account.id,
      recipients: [recipientOf(account)],
      expiresAt: expiresAt.toISOString(),
      afterUndo: true,
    });
  }
}

const masked = (email: string): string => EmailAddress.parse(email).masked();

/** The address that the change brought, and the one that later changes have brought. */
function leftBehind({ email, locale }: LiveAccount, undo: EmailUndo): Recipient[] {
  const addresses = new Set([undo.replacedEmail, email].filter((address) => address !== undo.restoresEmail));
  return [...addresses].map((address) => ({ address, locale, role: 'old' as const }));
}
