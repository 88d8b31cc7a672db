import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, randomToken, type Tx } from '@app/platform';
import { AccountRepository } from './account.repository';

export interface ApiKey {
  id: string;
  accountId: string;
  createdAt: Date;
  expiresAt: Date | null;
  revokedAt: Date | null;
}

const COLUMNS = `id, account_id AS "accountId", created_at AS "createdAt", expires_at AS "expiresAt", revoked_at AS "revokedAt"`;
const ALIVE = 'revoked_at IS NULL AND (expires_at IS NULL OR expires_at > now())';

/** Keys with which a program acts for an account. Shown once, stored as a digest; they outlive a change of password. */
@Injectable()
export class ApiKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly accounts: AccountRepository,
  ) {}

  /** @throws DomainError `account.not-found` */
  async create(accountId: string, apiKey = randomToken()): Promise<{ id: string; apiKey: string }> {
    if (!(await this.accounts.find(accountId))) throw new DomainError('account.not-found');
    const id = randomUUID();
    await this.dataSource.query(
      'INSERT INTO api_key (id, account_id, key_hash) VALUES ($1, $2, $3) ON CONFLICT (key_hash) DO NOTHING',
      [id, accountId, digest(apiKey)],
    );
    return { id, apiKey };
  }

  /** The account that a live key acts for; `null` for any other text. */
  async accountIdOf(apiKey: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ account_id: string }[]>(
      `SELECT account_id FROM api_key WHERE key_hash = $1 AND ${ALIVE}`,
      [digest(apiKey)],
    );
    return row?.account_id ?? null;
  }

  async countAlive(tx: Tx, accountId: string): Promise<number> {
    const [row] = await tx.manager.query<{ alive: number }[]>(
      `SELECT count(*)::int AS alive FROM api_key WHERE account_id = $1 AND ${ALIVE}`,
      [accountId],
    );
    return row?.alive ?? 0;
  }

  /** The ended ones too, oldest first. */
  list(accountId: string): Promise<ApiKey[]> {
    return this.dataSource.query<ApiKey[]>(
      `SELECT ${COLUMNS} FROM api_key WHERE account_id = $1 ORDER BY created_at, id`,
      [accountId],
    );
  }

  /** One that was revoked already is no error. @throws DomainError `api-key.not-found` */
  async revoke(id: string): Promise<void> {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH revoked AS (
         UPDATE api_key SET revoked_at = coalesce(revoked_at, now()) WHERE id = $1 RETURNING 1
       ) SELECT * FROM revoked`,
      [id],
    );
    if (rows.length === 0) throw new DomainError('api-key.not-found');
  }

  /**
   * Another key for the same account; the one it replaces goes on for `overlapSeconds`.
   * @throws DomainError `api-key.not-found` unless that one is alive
   */
  async rotate(id: string, overlapSeconds: number): Promise<{ id: string; apiKey: string }> {
    const successor = { id: randomUUID(), apiKey: randomToken() };
    const rows = await this.dataSource.query<unknown[]>(ROTATE, [
      id,
      overlapSeconds,
      successor.id,
      digest(successor.apiKey),
    ]);
    if (rows.length === 0) throw new DomainError('api-key.not-found');
    return successor;
  }

  async revokeAll(tx: Tx, accountId: string): Promise<void> {
    await tx.manager.query('UPDATE api_key SET revoked_at = now() WHERE account_id = $1 AND revoked_at IS NULL', [
      accountId,
    ]);
  }
}

const ROTATE = `
  WITH older AS (
    UPDATE api_key SET expires_at = least(expires_at, now() + make_interval(secs => $2))
    WHERE id = $1 AND ${ALIVE} RETURNING account_id
  ), newest AS (
    INSERT INTO api_key (id, account_id, key_hash) SELECT $3, account_id, $4 FROM older
  )
  SELECT account_id FROM older`;
