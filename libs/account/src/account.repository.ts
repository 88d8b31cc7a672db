import { Injectable } from '@nestjs/common';
import { DataSource, type FindOptionsWhere, IsNull, type QueryDeepPartialEntity, QueryFailedError } from 'typeorm';
import { DomainError } from '@app/contracts';
import type { Clauses, Tx } from '@app/platform';
import { Account, type LiveAccount, type SeenAccount } from './account.entity';

/** Reads accounts, and swaps their credentials only against the version that was seen. */
@Injectable()
export class AccountRepository {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws DomainError `account.gone` when it was deleted or never was. */
  async getWithHash(accountId: string): Promise<SeenAccount> {
    const account = await this.findWithHash({ id: accountId });
    if (!account) throw new DomainError('account.gone');
    return account;
  }

  /** `email` is canonical. */
  findByEmail(email: string): Promise<SeenAccount | null> {
    return this.findWithHash({ email });
  }

  /** The ids of the accounts that have one of the canonical `emails`, by it. */
  async idsByEmail(emails: readonly string[]): Promise<Map<string, string>> {
    if (emails.length === 0) return new Map();
    const rows = await this.dataSource.query<{ id: string; email: string }[]>(
      'SELECT id, email FROM account WHERE email = ANY($1)',
      [emails],
    );
    return new Map(rows.map(({ id, email }) => [email, id]));
  }

  find(accountId: string): Promise<SeenAccount | null> {
    return this.findWithHash({ id: accountId });
  }

  async getInTransaction(tx: Tx, accountId: string): Promise<LiveAccount> {
    return (await tx.manager.findOneByOrFail(Account, { id: accountId })) as LiveAccount;
  }

  /** Keeps everybody else from changing it until the transaction ends. Without its hash. */
  async hold(tx: Tx, accountId: string): Promise<LiveAccount | null> {
    const account = await tx.manager.findOne(Account, {
      where: { id: accountId, deletedAt: IsNull() },
      lock: { mode: 'pessimistic_write' },
    });
    return account as LiveAccount | null;
  }

  /**
   * One more version, with what changed. @throws DomainError `account.changed-meanwhile` when somebody was faster,
   * `email.unavailable` when another account has the new address.
   */
  async swap(tx: Tx, seen: LiveAccount, changes: QueryDeepPartialEntity<Account>): Promise<LiveAccount> {
    const credentialVersion = seen.credentialVersion + 1;
    const updated = await tx.manager
      .createQueryBuilder()
      .update(Account)
      .set({ ...changes, credentialVersion })
      .where('id = :id AND credential_version = :version AND deleted_at IS NULL', {
        id: seen.id,
        version: seen.credentialVersion,
      })
      .returning('password_changed_at')
      .execute()
      .catch(refuseTakenAddress);
    const [row] = updated.raw as { password_changed_at: Date | null }[];
    if (!row) throw new DomainError('account.changed-meanwhile');
    return {
      ...seen,
      ...(changes as Partial<LiveAccount>),
      credentialVersion,
      passwordChangedAt: row.password_changed_at,
    };
  }

  /** Holds the account's row to the end of the transaction. @throws DomainError `account.changed-meanwhile` */
  async requireUnchanged(tx: Tx, seen: LiveAccount): Promise<void> {
    const rows = await tx.manager.query<unknown[]>(
      'SELECT 1 FROM account WHERE id = $1 AND credential_version = $2 AND deleted_at IS NULL FOR UPDATE',
      [seen.id, seen.credentialVersion],
    );
    if (rows.length === 0) throw new DomainError('account.changed-meanwhile');
  }

  async markVerified(tx: Tx, accountId: string): Promise<void> {
    await tx.manager.update(Account, { id: accountId }, { emailVerified: true });
  }

  /** One that is not deleted, with its hash and the address that waits for its code; `null` when there is none. */
  async findWithHash(where: FindOptionsWhere<Account>): Promise<SeenAccount | null> {
    const { raw, entities } = await this.dataSource
      .getRepository(Account)
      .createQueryBuilder('account')
      .addSelect('account.passwordHash')
      .addSelect(PENDING_EMAIL, 'pendingEmail')
      .where(where)
      .andWhere('account.deletedAt IS NULL')
      .getRawAndEntities<Pick<SeenAccount, 'pendingEmail'>>();
    const [account] = entities as LiveAccount[];
    return account ? Object.assign(account, { pendingEmail: raw[0]?.pendingEmail ?? null }) : null;
  }
}

const PENDING_EMAIL = `(
  SELECT new_email FROM pending_email_change
  WHERE account_id = account.id AND credential_version = account.credentialVersion AND expires_at > now())`;

/** A better hash of the same password. A change made meanwhile stays: the old hash must still stand. */
export const upgradeOfHash = (accountId: string, oldHash: string, newHash: string): Clauses => ({
  clauses: (given) => `upgraded AS (
    UPDATE account SET password_hash = ${given(newHash)} WHERE id = ${given(accountId)} AND password_hash = ${given(oldHash)}
  )`,
});

function refuseTakenAddress(error: unknown): never {
  const { constraint } = error instanceof QueryFailedError ? (error.driverError as { constraint?: string }) : {};
  throw constraint === 'account_email_key' ? new DomainError('email.unavailable') : error;
}
