import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import type { Tx } from '@app/platform';

/**
 * Who may use an address: one row an address, so "taken" and "reserved by an undo window" are one constraint
 * that holds however many transactions race for it.
 */
@Injectable()
export class EmailClaims {
  constructor(private readonly dataSource: DataSource) {}

  /** True when somebody else holds or has reserved it. For mails' texts only: the claim itself decides. */
  async isHeldByAnother(email: string, accountId: string | null): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `SELECT 1 FROM email_claim WHERE email = $1 AND account_id IS DISTINCT FROM $2::uuid
       AND (reserved_until IS NULL OR reserved_until > now())`,
      [email, accountId],
    );
    return rows.length > 0;
  }

  /** @throws DomainError `email.unavailable` unless it is free, or the account's own. */
  async claim(tx: Tx, email: string, accountId: string): Promise<void> {
    const claimed = await this.claimFree(tx, [{ email, id: accountId }]);
    if (claimed.size === 0) throw new DomainError('email.unavailable');
  }

  /** Those that are free, or the account's own. Resolves with the ids of the accounts that have theirs. */
  async claimFree(tx: Tx, accounts: readonly { id: string; email: string }[]): Promise<Set<string>> {
    const rows = await tx.manager.query<{ account_id: string }[]>(CLAIM, [
      accounts.map(({ email }) => email),
      accounts.map(({ id }) => id),
    ]);
    return new Set(rows.map((row) => row.account_id));
  }

  /** The account leaves the address; until the undo window ends nobody else can have it. Resolves with that end. */
  async reserve(tx: Tx, email: string, undoDays: number): Promise<Date> {
    const rows = await tx.manager.query<{ reserved_until: Date }[]>(
      `WITH reserved AS (
         UPDATE email_claim SET reserved_until = now() + make_interval(days => $2) WHERE email = $1 RETURNING reserved_until
       ) SELECT * FROM reserved`,
      [email, undoDays],
    );
    if (!rows[0]) throw new Error('An account has an address that it never claimed.');
    return rows[0].reserved_until;
  }

  /** At once free for everybody. */
  async release(tx: Tx, accountId: string): Promise<void> {
    await tx.manager.query('DELETE FROM email_claim WHERE account_id = $1', [accountId]);
  }

  /** Of the addresses that the account has left, those stay reserved that a live undo link still restores. */
  async releaseUnneeded(tx: Tx, accountId: string, email: string): Promise<void> {
    await tx.manager.query(
      `UPDATE email_claim c SET reserved_until = (
         SELECT max(u.expires_at) FROM undo_token u
         WHERE u.account_id = c.account_id AND u.restores_email = c.email AND u.ended_at IS NULL)
       WHERE c.account_id = $1 AND c.email <> $2`,
      [accountId, email],
    );
    await tx.manager.query('DELETE FROM email_claim WHERE account_id = $1 AND email <> $2 AND reserved_until IS NULL', [
      accountId,
      email,
    ]);
  }
}

const CLAIM = `
  INSERT INTO email_claim AS c (email, account_id)
  SELECT * FROM unnest($1::text[], $2::uuid[]) AS new (email, account_id) ORDER BY email
  ON CONFLICT (email) DO UPDATE SET account_id = EXCLUDED.account_id, reserved_until = NULL
  WHERE c.account_id = EXCLUDED.account_id OR c.reserved_until <= now()
  RETURNING account_id`;
