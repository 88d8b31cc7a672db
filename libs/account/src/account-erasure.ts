import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { ApiKeys } from './api-keys';
import { EmailClaims } from './email-claims';
import { EmailUndos } from './email-undos';
import { PasswordHistory } from './password-history';
import { recipientOf, recipientsOf } from './recipient-of';

/**
 * Makes a tombstone of an account: its row stays, with nothing personal in it. Its consumers end and erase what is
 * theirs; what the outbox and the log hold is erased once the farewell has been delivered (ADR 0010).
 */
@Injectable()
export class AccountErasure {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly undos: EmailUndos,
    private readonly apiKeys: ApiKeys,
    private readonly history: PasswordHistory,
  ) {}

  /** @throws DomainError `account.changed-meanwhile` */
  async erase(tx: Tx, seen: LiveAccount): Promise<void> {
    const { id } = seen;
    const { credentialVersion } = await this.accounts.swap(tx, seen, { ...TOMBSTONE, deletedAt: () => 'now()' });
    // By every address that it has or can still take back: a code for somebody not signed in names no account.
    await tx.manager.query(DELETE_CODES, [id]);
    const earlier = (await this.undos.mailboxes(tx, id)).filter(({ email }) => email !== seen.email);
    await tx.manager.query('DELETE FROM undo_token WHERE account_id = $1', [id]);
    await this.history.erase(tx, id);
    await this.claims.release(tx, id);
    await this.apiKeys.revokeAll(tx, id);
    const recipients = [recipientOf(seen), ...recipientsOf('earlier', earlier)];
    tx.record('account.deleted.v1', { accountId: id, credentialVersion, recipients });
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

const DELETE_CODES = `
  DELETE FROM mailed_code WHERE account_id = $1 OR email IN (
    SELECT email FROM email_claim WHERE account_id = $1
    UNION SELECT unnest(ARRAY[restores_email, replaced_email]) FROM undo_token WHERE account_id = $1)`;
