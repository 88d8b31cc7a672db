import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { PasswordChanged, Recipient } from '@app/contracts';
import { digest, randomToken, Settings, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { ApiKeys } from './api-keys';
import { EmailClaims } from './email-claims';
import { recipientOf } from './recipient-of';

export interface NewPasswordSwap {
  passwordHash: string;
  by: PasswordChanged['by'];
  keepSessionId: string | null;
  commonPassword: boolean;
  /** Told besides the account's address, e.g. the one that the same change has just left. */
  alsoTell?: readonly Recipient[];
}

export interface NewEmailSwap {
  email: string;
  emailVerified: boolean;
  keepSessionId: string | null;
}

/** The two writes that this service exists for: each swaps, says so, and gives the old mailbox its way back. */
@Injectable()
export class CredentialChanges {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly apiKeys: ApiKeys,
    private readonly settings: Settings,
  ) {}

  async swapPassword(tx: Tx, seen: LiveAccount, swap: NewPasswordSwap): Promise<LiveAccount> {
    const account = await this.accounts.swap(tx, seen, {
      passwordHash: swap.passwordHash,
      passwordChangedAt: () => 'now()',
      passwordChangeRequired: false,
      // By a link or a code the account's mailbox has spoken, which is what an undo waits for.
      passwordResetRequired: swap.by === 'change' ? seen.passwordResetRequired : false,
    });
    tx.record('account.password-changed.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [recipientOf(account), ...(swap.alsoTell ?? [])],
      by: swap.by,
      keepSessionId: swap.keepSessionId,
      commonPassword: swap.commonPassword,
      apiKeysAlive: await this.apiKeys.countAlive(tx, account.id),
    });
    return account;
  }

  /** @throws DomainError `email.unavailable`, `account.changed-meanwhile` */
  async swapEmail(tx: Tx, seen: LiveAccount, swap: NewEmailSwap): Promise<LiveAccount> {
    // The account row first: claims of two accounts that swap addresses would wait for each other otherwise.
    const account = await this.accounts.swap(tx, seen, { email: swap.email, emailVerified: swap.emailVerified });
    await this.claims.claim(tx, swap.email, account.id);
    const undoUntil = await this.claims.reserve(tx, seen.email, this.settings.undoDays);
    await this.giveUndo(tx, { accountId: account.id, oldEmail: seen.email, newEmail: swap.email, undoUntil });
    tx.record('account.email-changed.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [
        { address: seen.email, locale: seen.locale, role: 'old' },
        { address: swap.email, locale: seen.locale, role: 'new' },
      ],
      oldEmail: seen.email,
      newEmail: swap.email,
      emailVerified: swap.emailVerified,
      keepSessionId: swap.keepSessionId,
      undoUntil: undoUntil.toISOString(),
      apiKeysAlive: await this.apiKeys.countAlive(tx, account.id),
    });
    return account;
  }

  private async giveUndo(
    tx: Tx,
    change: { accountId: string; oldEmail: string; newEmail: string; undoUntil: Date },
  ): Promise<void> {
    const undoToken = randomToken();
    await tx.manager.query(
      `INSERT INTO undo_token (id, account_id, token_hash, restores_email, replaced_email, expires_at)
       VALUES ($1, $2, $3, $4, $5, $6)`,
      [randomUUID(), change.accountId, digest(undoToken), change.oldEmail, change.newEmail, change.undoUntil],
    );
    tx.seal(change.oldEmail, { undoToken });
  }
}
