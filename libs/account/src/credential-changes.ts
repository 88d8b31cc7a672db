import { Injectable } from '@nestjs/common';
import type { PasswordChanged, Recipient } from '@app/contracts';
import type { Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { ApiKeys } from './api-keys';
import { EmailClaims } from './email-claims';
import { EmailUndos } from './email-undos';
import type { HashedPassword } from './new-passwords';
import { NotMeLinks } from './not-me-links';
import { PasswordHistory } from './password-history';
import { recipientOf, recipientsOf } from './recipient-of';

export interface NewPasswordSwap {
  password: HashedPassword;
  by: PasswordChanged['by'];
  keepSessionId: string | null;
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
    private readonly undos: EmailUndos,
    private readonly notMe: NotMeLinks,
    private readonly apiKeys: ApiKeys,
    private readonly history: PasswordHistory,
  ) {}

  async swapPassword(tx: Tx, seen: LiveAccount, swap: NewPasswordSwap): Promise<LiveAccount> {
    const account = await this.accounts.swap(tx, seen, {
      passwordHash: swap.password.hash,
      passwordChangedAt: () => 'now()',
      passwordChangeRequired: false,
      // By a link or a code the account's mailbox has spoken, which is what an undo waits for.
      passwordResetRequired: swap.by === 'change' ? seen.passwordResetRequired : false,
    });
    await this.history.add(tx, seen);
    const notMe = await this.notMe.issue(tx, account);
    if (notMe) tx.seal(account.email, { notMeToken: notMe.token });
    tx.record('account.password-changed.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [recipientOf(account), ...(swap.alsoTell ?? [])],
      by: swap.by,
      keepSessionId: swap.keepSessionId,
      commonPassword: swap.password.isCommon,
      ...(swap.password.breachLookup && { breachLookup: swap.password.breachLookup }),
      apiKeysAlive: await this.apiKeys.countAlive(tx, account.id),
      notMeUntil: notMe?.until.toISOString() ?? null,
    });
    return account;
  }

  /** @throws DomainError `email.unavailable`, `account.changed-meanwhile` */
  async swapEmail(tx: Tx, seen: LiveAccount, swap: NewEmailSwap): Promise<LiveAccount> {
    // The account row first: claims of two accounts that swap addresses would wait for each other otherwise.
    const account = await this.accounts.swap(tx, seen, { email: swap.email, emailVerified: swap.emailVerified });
    await this.claims.claim(tx, swap.email, account.id);
    const { undo, ended, earlier } = await this.undos.leave(tx, seen, swap.email, swap.emailVerified);
    await this.claims.reserveLeft(tx, account.id, swap.email);
    if (undo) tx.seal(seen.email, { undoToken: undo.token });
    tx.record('account.email-changed.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [
        ...recipientsOf('old', [seen, ...ended.filter(({ email }) => email !== seen.email)]),
        ...recipientsOf('new', [account]),
        ...recipientsOf('earlier', earlier),
      ],
      oldEmail: seen.email,
      newEmail: swap.email,
      emailVerified: swap.emailVerified,
      keepSessionId: swap.keepSessionId,
      undoUntil: undo?.until.toISOString() ?? null,
      apiKeysAlive: await this.apiKeys.countAlive(tx, account.id),
    });
    return account;
  }
}
