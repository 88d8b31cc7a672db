import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import type { Tx } from '@app/platform';
import { LIVE_UNDO } from './email-undos';

/**
 * Who may use an address: one row an address, so "taken" and "reserved by an undo window" are one constraint
 * that holds however many transactions race for it.
 */
@Injectable()
export class EmailClaims {
  constructor(private readonly dataSource: DataSource) {}

  /** True when `claim` would refuse it now. For mails' texts only: the claim itself decides. */
  async isUnavailable(email: string, accountId: string | null): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `SELECT 1 WHERE ${isUndone('$2::uuid', '$1')} OR EXISTS (
         SELECT 1 FROM email_claim WHERE email = $1 AND account_id IS DISTINCT FROM $2::uuid
           AND (reserved_until IS NULL OR reserved_until > now()))`,
      [email, accountId],
    );
    return rows.length > 0;
  }

  /** @throws DomainError `email.unavailable` unless it is free, or the account's own; never what an undo has taken off it. */
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

  /** At once free for everybody. */
  async release(tx: Tx, accountId: string): Promise<void> {
    await tx.manager.query('DELETE FROM email_claim WHERE account_id = $1', [accountId]);
  }

  /** Of the addresses that the account has left, those stay reserved that a live undo link restores, as long as it does. */
  async reserveLeft(tx: Tx, accountId: string, email: string): Promise<void> {
    await tx.manager.query(
      `UPDATE email_claim c SET reserved_until = (
         SELECT max(expires_at) FROM undo_token
         WHERE account_id = c.account_id AND restores_email = c.email AND ${LIVE_UNDO})
       WHERE account_id = $1 AND email <> $2 AND (reserved_until IS NULL OR reserved_until > now())`,
      [accountId, email],
    );
    await tx.manager.query('DELETE FROM email_claim WHERE account_id = $1 AND email <> $2 AND reserved_until IS NULL', [
      accountId,
      email,
    ]);
  }
}

/** An address that an undo has taken off the account: not for this one again while its row is there. */
const isUndone = (accountId: string, email: string): string => `EXISTS (
  SELECT 1 FROM undo_token WHERE account_id = ${accountId} AND replaced_email = ${email}
    AND ended_at IS NOT NULL AND expires_at > now())`;

const CLAIM = `
  INSERT INTO email_claim AS c (email, account_id)
  SELECT * FROM unnest($1::text[], $2::uuid[]) AS new (email, account_id)
  WHERE NOT ${isUndone('new.account_id', 'new.email')} ORDER BY email
  ON CONFLICT (email) DO UPDATE SET account_id = EXCLUDED.account_id, reserved_until = NULL
  WHERE c.account_id = EXCLUDED.account_id OR c.reserved_until <= now()
  RETURNING account_id`;
