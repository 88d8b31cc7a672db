import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, randomToken, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { recipientOf } from './recipient-of';

export const RESET_SECONDS = 1800;

/** The links that reset a password: one an account, the newest; dead with the account's version. */
@Injectable()
export class PasswordResets {
  constructor(private readonly dataSource: DataSource) {}

  /** To nobody for `null`. */
  async mail(tx: Tx, account: LiveAccount | null, { onlyWayIn }: { onlyWayIn: boolean }): Promise<void> {
    const { resetToken, expiresAt } = await this.issue(tx, account);
    if (account) tx.seal(account.email, { resetToken });
    tx.record('account.password-reset-requested.v1', {
      accountId: account?.id ?? null,
      recipients: account ? [recipientOf(account)] : [],
      expiresAt: expiresAt.toISOString(),
      onlyWayIn,
    });
  }

  async accountIdOf(token: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ account_id: string }[]>(
      'SELECT account_id FROM reset_token WHERE token_hash = $1 AND expires_at > now()',
      [digest(token)],
    );
    return row?.account_id ?? null;
  }

  /** Once. @throws DomainError `link.invalid` */
  async spend(tx: Tx, account: LiveAccount, token: string): Promise<void> {
    const rows = await tx.manager.query<unknown[]>(
      `WITH spent AS (
         DELETE FROM reset_token
         WHERE account_id = $1 AND token_hash = $2 AND credential_version = $3 AND expires_at > clock_timestamp()
         RETURNING 1
       ) SELECT * FROM spent`,
      [account.id, digest(token), account.credentialVersion],
    );
    if (rows.length === 0) throw new DomainError('link.invalid');
  }

  /** For `null` the same statement runs and writes nothing: no account is told from its absence by the time. */
  private async issue(tx: Tx, account: LiveAccount | null): Promise<{ resetToken: string; expiresAt: Date }> {
    const resetToken = randomToken();
    const [row] = await tx.manager.query<{ expires_at: Date }[]>(
      `WITH issued AS (
         INSERT INTO reset_token (account_id, token_hash, credential_version, expires_at)
         SELECT id, $2, credential_version, now() + make_interval(secs => $3) FROM account WHERE id = $1
         ON CONFLICT (account_id) DO UPDATE SET token_hash = EXCLUDED.token_hash, created_at = now(),
           credential_version = EXCLUDED.credential_version, expires_at = EXCLUDED.expires_at
       ) SELECT now() + make_interval(secs => $3) AS expires_at`,
      [account?.id ?? null, digest(resetToken), RESET_SECONDS],
    );
    if (!row) throw new Error('The database did not tell its time.');
    return { resetToken, expiresAt: row.expires_at };
  }
}
