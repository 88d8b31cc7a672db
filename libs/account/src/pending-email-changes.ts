import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, Settings, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';

/** A change of address that waits for its code. It reserves nothing. */
export interface PendingEmailChange {
  id: string;
  newEmail: string;
  expiresAt: Date;
  resendAfter: Date;
  /** Until then, in whole seconds by the database's clock; not above 0 once a resend is due. */
  resendWaitSeconds: number;
}

const COLUMNS = `id, new_email AS "newEmail", expires_at AS "expiresAt", resend_after AS "resendAfter",
  ceil(extract(epoch FROM resend_after - now()))::int AS "resendWaitSeconds"`;
const LIVE = 'account_id = $1 AND credential_version = $2 AND expires_at > now()';

/** One an account; it dies with the account's version. */
@Injectable()
export class PendingEmailChanges {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  /** In place of the one that may be there. */
  async put(tx: Tx, account: LiveAccount, newEmail: string, cancelToken: string): Promise<PendingEmailChange> {
    const [row] = await tx.manager.query<PendingEmailChange[]>(
      `INSERT INTO pending_email_change
         (account_id, id, new_email, credential_version, cancel_token_hash, expires_at, resend_after)
       VALUES ($1, $2, $3, $4, $5, now() + make_interval(secs => $6), now() + make_interval(secs => $7))
       ON CONFLICT (account_id) DO UPDATE SET id = EXCLUDED.id, new_email = EXCLUDED.new_email,
         credential_version = EXCLUDED.credential_version, cancel_token_hash = EXCLUDED.cancel_token_hash,
         created_at = now(), expires_at = EXCLUDED.expires_at, resend_after = EXCLUDED.resend_after
       RETURNING ${COLUMNS}`,
      [
        account.id,
        randomUUID(),
        newEmail,
        account.credentialVersion,
        digest(cancelToken),
        this.settings.codeSeconds,
        this.settings.codeResendSeconds,
      ],
    );
    if (!row) throw new Error('A pending change was inserted without a row.');
    return row;
  }

  async find(account: LiveAccount): Promise<PendingEmailChange | null> {
    const [row] = await this.dataSource.query<PendingEmailChange[]>(
      `SELECT ${COLUMNS} FROM pending_email_change WHERE ${LIVE}`,
      [account.id, account.credentialVersion],
    );
    return row ?? null;
  }

  /** Moves its end and its next resend. @throws DomainError `code.too-soon`, `email-change.not-pending` */
  async prolong(tx: Tx, account: LiveAccount): Promise<PendingEmailChange> {
    const [row] = await tx.manager.query<PendingEmailChange[]>(
      `SELECT ${COLUMNS} FROM pending_email_change WHERE ${LIVE} FOR UPDATE`,
      [account.id, account.credentialVersion],
    );
    if (!row) throw new DomainError('email-change.not-pending');
    requireResendDue(row);
    const [prolonged] = await tx.manager.query<PendingEmailChange[]>(
      `WITH prolonged AS (
         UPDATE pending_email_change
         SET expires_at = now() + make_interval(secs => $3), resend_after = now() + make_interval(secs => $4)
         WHERE ${LIVE} RETURNING *
       ) SELECT ${COLUMNS} FROM prolonged`,
      [account.id, account.credentialVersion, this.settings.codeSeconds, this.settings.codeResendSeconds],
    );
    return prolonged ?? row;
  }

  /** True when there was one. */
  async remove(tx: Tx, account: LiveAccount): Promise<boolean> {
    const rows = await tx.manager.query<unknown[]>(
      `WITH removed AS (DELETE FROM pending_email_change WHERE ${LIVE} RETURNING 1) SELECT * FROM removed`,
      [account.id, account.credentialVersion],
    );
    return rows.length > 0;
  }

  /** Whose pending change a mailed cancel link is for; `null` when it is wrong, used or expired. */
  async accountIdOfCancelToken(token: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ account_id: string }[]>(
      'SELECT account_id FROM pending_email_change WHERE cancel_token_hash = $1 AND expires_at > now()',
      [digest(token)],
    );
    return row?.account_id ?? null;
  }
}

/** @throws DomainError `code.too-soon` */
export function requireResendDue({ resendWaitSeconds }: PendingEmailChange): void {
  if (resendWaitSeconds > 0) throw new DomainError('code.too-soon', { retryAfterSeconds: resendWaitSeconds });
}
