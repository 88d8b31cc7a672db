import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, type Tx } from '@app/platform';
import type { LiveAccount } from './account.entity';

export interface EmailUndo {
  id: string;
  accountId: string;
  restoresEmail: string;
  replacedEmail: string;
}

const LIVE = 'ended_at IS NULL AND expires_at > now()';

/** The links with which an old mailbox undoes a change. They outlive later changes: that is what they are for. */
@Injectable()
export class EmailUndos {
  constructor(private readonly dataSource: DataSource) {}

  /** @throws DomainError `link.invalid` */
  async find(token: string): Promise<EmailUndo> {
    const [undo] = await this.dataSource.query<EmailUndo[]>(
      `SELECT id, account_id AS "accountId", restores_email AS "restoresEmail", replaced_email AS "replacedEmail"
       FROM undo_token WHERE token_hash = $1 AND ${LIVE}`,
      [digest(token)],
    );
    if (!undo) throw new DomainError('link.invalid');
    return undo;
  }

  /** Spends the link, once, and with it those of every later change. @throws DomainError `link.invalid` */
  async spend(tx: Tx, undo: EmailUndo): Promise<void> {
    const rows = await tx.manager.query<{ id: string }[]>(
      `WITH ended AS (
         UPDATE undo_token SET ended_at = now()
         WHERE account_id = $1 AND ended_at IS NULL AND created_at >= (SELECT created_at FROM undo_token WHERE id = $2)
         RETURNING id, expires_at
       ) SELECT id FROM ended WHERE id = $2 AND expires_at > now()`,
      [undo.accountId, undo.id],
    );
    if (rows.length === 0) throw new DomainError('link.invalid');
  }

  /** Not while an address that took effect unproved can still be undone by the one before it. */
  async mayRecover(account: LiveAccount): Promise<boolean> {
    return !account.disabled && (account.emailVerified || !(await this.isOpenFor(account.id)));
  }

  private async isOpenFor(accountId: string): Promise<boolean> {
    const rows = await this.dataSource.query<unknown[]>(
      `SELECT 1 FROM undo_token WHERE account_id = $1 AND ${LIVE} LIMIT 1`,
      [accountId],
    );
    return rows.length > 0;
  }
}
