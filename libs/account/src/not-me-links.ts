import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, type PasswordChanged } from '@app/contracts';
import { digest, randomToken, Settings, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { LIVE_UNDO } from './email-undos';

/** The links in mails about a new password: "this was not me". They outlive later passwords (ADR 0015). */
@Injectable()
export class NotMeLinks {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
  ) {}

  /** `null` for an unproved address beside one that can be restored: no reset goes there, so no link to ask for one. */
  async issue(tx: Tx, account: LiveAccount): Promise<{ token: string; until: Date } | null> {
    const token = randomToken();
    const [row] = await tx.manager.query<{ expires_at: Date }[]>(
      `INSERT INTO not_me_token (token_hash, account_id, credential_version, expires_at)
       SELECT $1, $2, $3, now() + make_interval(days => $4)
       WHERE $5 OR NOT EXISTS (SELECT 1 FROM undo_token WHERE account_id = $2 AND restores_email <> $6 AND ${LIVE_UNDO})
       RETURNING expires_at`,
      [
        digest(token),
        account.id,
        account.credentialVersion,
        this.settings.undoDays,
        account.emailVerified,
        account.email,
      ],
    );
    return row ? { token, until: row.expires_at } : null;
  }

  /** Another token for the link of that change, if it is live. What was mailed of it before is dead. */
  async renew(
    tx: Tx,
    { accountId, credentialVersion }: Pick<PasswordChanged, 'accountId' | 'credentialVersion'>,
  ): Promise<string | null> {
    const token = randomToken();
    const rows = await tx.manager.query<unknown[]>(
      `WITH renewed AS (
         UPDATE not_me_token SET token_hash = $1
         WHERE account_id = $2 AND credential_version = $3 AND expires_at > now() RETURNING 1
       ) SELECT * FROM renewed`,
      [digest(token), accountId, credentialVersion],
    );
    return rows.length > 0 ? token : null;
  }

  /** Whose password it is about. @throws DomainError `link.invalid` */
  async accountIdOf(token: string): Promise<string> {
    const [row] = await this.dataSource.query<{ account_id: string }[]>(
      'SELECT account_id FROM not_me_token WHERE token_hash = $1 AND expires_at > now()',
      [digest(token)],
    );
    if (!row) throw new DomainError('link.invalid');
    return row.account_id;
  }

  /** Once. The account's others die with its version. @throws DomainError `link.invalid` */
  async spend(tx: Tx, token: string): Promise<void> {
    const rows = await tx.manager.query<unknown[]>(
      `WITH spent AS (DELETE FROM not_me_token WHERE token_hash = $1 AND expires_at > now() RETURNING 1)
       SELECT * FROM spent`,
      [digest(token)],
    );
    if (rows.length === 0) throw new DomainError('link.invalid');
  }
}
