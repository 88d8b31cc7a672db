import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource, Raw } from 'typeorm';
import { DomainError, type Requester } from '@app/contracts';
import { digest, randomToken, type Tx, UnitOfWork } from '@app/platform';
import type { SeenAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { HoldAccount } from './hold-account';

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
    private readonly holdAccount: HoldAccount,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** The person is told. @throws DomainError `account.not-found` */
  async create(accountId: string, requester: Requester): Promise<NewApiKey> {
    const { result } = await this.unitOfWork.run(requester, async (tx) => {
      const key = { id: randomUUID(), apiKey: randomToken() };
      const held = await this.holdAccount.hold(tx, accountId);
      await tx.manager.query(INSERT, [key.id, accountId, digest(key.apiKey)]);
      tx.record('api-key.created.v1', { accountId, ...held, apiKeyId: key.id });
      return key;
    });
    return result;
  }

  /** Puts one that the operator has fixed, of an account that was just made. Nobody needs to be told. */
  async put(accountId: string, apiKey: string, requester: Requester): Promise<void> {
    const apiKeyId = randomUUID();
    await this.unitOfWork.run(requester, async (tx) => {
      const { credentialVersion } = await this.holdAccount.hold(tx, accountId);
      const rows = await tx.manager.query<unknown[]>(INSERT, [apiKeyId, accountId, digest(apiKey)]);
      if (rows.length === 0) return;
      tx.record('api-key.created.v1', { accountId, credentialVersion, recipients: [], apiKeyId });
    });
  }

  /** The account that a live key acts for; `null` for any other text. */
  holderOf(apiKey: string): Promise<SeenAccount | null> {
    const isHolders = (id: string) => `${id} = (SELECT account_id FROM api_key WHERE key_hash = :keyHash AND ${ALIVE})`;
    return this.accounts.findWithHash({ id: Raw(isHolders, { keyHash: digest(apiKey) }) });
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

  /** The person is told. One that was revoked already is no error. @throws DomainError `api-key.not-found`, `account.not-found` */
  async revoke(id: string, requester: Requester): Promise<void> {
    await this.unitOfWork.run(requester, async (tx) => {
      const accountId = await holderOf(tx, id);
      if (accountId === null) return;
      const held = await this.holdAccount.hold(tx, accountId);
      const rows = await tx.manager.query<unknown[]>(REVOKE, [id]);
      if (rows.length > 0) tx.record('api-key.revoked.v1', { accountId, ...held, apiKeyId: id });
    });
  }

  /**
   * Another key for the same account; the one it replaces goes on for `overlapSeconds`. The person is told.
   * @throws DomainError `api-key.not-found` unless that one is alive, `account.not-found`
   */
  async rotate(id: string, overlapSeconds: number, requester: Requester): Promise<NewApiKey> {
    const { result } = await this.unitOfWork.run(requester, async (tx) => {
      const successor = { id: randomUUID(), apiKey: randomToken() };
      const accountId = await holderOf(tx, id);
      if (accountId === null) throw new DomainError('api-key.not-found');
      const held = await this.holdAccount.hold(tx, accountId);
      const values = [id, overlapSeconds, successor.id, digest(successor.apiKey)];
      const [older] = await tx.manager.query<{ expires_at: Date }[]>(ROTATE, values);
      if (!older) throw new DomainError('api-key.not-found');
      const replacedUntil = older.expires_at.toISOString();
      const ids = { apiKeyId: successor.id, replacedApiKeyId: id };
      tx.record('api-key.rotated.v1', { accountId, ...held, ...ids, replacedUntil });
      return successor;
    });
    return result;
  }

  async revokeAll(tx: Tx, accountId: string): Promise<void> {
    await tx.manager.query('UPDATE api_key SET revoked_at = now() WHERE account_id = $1 AND revoked_at IS NULL', [
      accountId,
    ]);
  }
}

interface NewApiKey {
  id: string;
  apiKey: string;
}

/** Whose key it is; `null` when it was revoked. @throws DomainError `api-key.not-found` */
async function holderOf(tx: Tx, id: string): Promise<string | null> {
  const [key] = await tx.manager.query<{ account_id: string; revoked_at: Date | null }[]>(
    'SELECT account_id, revoked_at FROM api_key WHERE id = $1',
    [id],
  );
  if (!key) throw new DomainError('api-key.not-found');
  return key.revoked_at === null ? key.account_id : null;
}

const INSERT = `
  WITH inserted AS (
    INSERT INTO api_key (id, account_id, key_hash) VALUES ($1, $2, $3) ON CONFLICT (key_hash) DO NOTHING RETURNING 1
  ) SELECT * FROM inserted`;

const REVOKE = `
  WITH revoked AS (
    UPDATE api_key SET revoked_at = now() WHERE id = $1 AND revoked_at IS NULL RETURNING 1
  ) SELECT * FROM revoked`;

const ROTATE = `
  WITH older AS (
    UPDATE api_key SET expires_at = least(expires_at, now() + make_interval(secs => $2))
    WHERE id = $1 AND ${ALIVE} RETURNING account_id, expires_at
  ), newest AS (
    INSERT INTO api_key (id, account_id, key_hash) SELECT $3, account_id, $4 FROM older
  )
  SELECT expires_at FROM older`;
