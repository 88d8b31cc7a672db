import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { SecretKeys } from '../secrets/code-key';
import { Reservation } from './reservation';

export interface KeyedRequest {
  /** As the caller sent it. */
  key: string;
  /** Who sends it: another caller's same key is another key. */
  caller: string;
  method: string;
  /** As it is declared, e.g. `/internal/v1/accounts/:id/password-reset`. */
  route: string;
  /** All else that makes it this request: its parameters and its body. */
  content: readonly string[];
}

interface Standing {
  acquired: boolean;
  /** Null when the row has come into being just now. */
  isSame: boolean | null;
  isFinished: boolean | null;
}

/** A request that dies holds its key no longer than this; then the key is free for any. One whose unit of work runs holds the row itself. */
const LEASE_SECONDS = 60;
const LIFE_HOURS = 24;

/** Which request holds an `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header). Keeps nothing that can be read. */
@Injectable()
export class IdempotencyKeys {
  constructor(
    private readonly dataSource: DataSource,
    private readonly keys: SecretKeys,
  ) {}

  /** @throws DomainError `idempotency-key.reused` for another content, `idempotency-key.in-flight` */
  async reserve({ key, caller, method, route, content }: KeyedRequest): Promise<Reservation> {
    const scope = `${caller} ${method} ${route}`;
    const keyHash = this.keys.hmac('idempotency-key', scope, key);
    const fingerprint = this.keys.hmac('idempotency-fingerprint', scope, ...content);
    const lease = randomUUID();
    const values = [scope, keyHash, fingerprint, lease, LEASE_SECONDS, LIFE_HOURS];
    const [standing] = await this.dataSource.query<[Standing]>(RESERVE, values);
    if (!standing.acquired) requireFinished(standing);
    return new Reservation(scope, keyHash, fingerprint, lease, !standing.acquired);
  }

  /** After a refusal: nothing was changed, so the next request with the key is judged anew. An outcome stays. */
  async free({ scope, keyHash, lease }: Reservation): Promise<void> {
    await this.dataSource.query(
      'DELETE FROM idempotency_key WHERE scope = $1 AND key_hash = $2 AND lease = $3 AND outcome IS NULL',
      [scope, keyHash, lease],
    );
  }
}

function requireFinished({ isSame, isFinished }: Standing): void {
  if (isSame === false) throw new DomainError('idempotency-key.reused');
  if (!isFinished) throw new DomainError('idempotency-key.in-flight', { retryAfterSeconds: 1 });
}

// Passes over a row that a unit of work holds: it is in flight, however long ago its lease has ended.
const RESERVE = `
  WITH inserted AS (
    INSERT INTO idempotency_key (scope, key_hash, fingerprint, lease, locked_until)
    VALUES ($1, $2, $3, $4, now() + make_interval(secs => $5))
    ON CONFLICT (scope, key_hash) DO NOTHING RETURNING 1
  ), held AS (
    SELECT scope, key_hash FROM idempotency_key WHERE scope = $1 AND key_hash = $2 FOR UPDATE SKIP LOCKED
  ), taken_over AS (
    UPDATE idempotency_key k
    SET fingerprint = $3, lease = $4, outcome = NULL, created_at = now(), locked_until = now() + make_interval(secs => $5)
    FROM held WHERE k.scope = held.scope AND k.key_hash = held.key_hash
      AND (k.created_at <= now() - make_interval(hours => $6)
        OR (k.outcome IS NULL AND k.locked_until <= now()))
    RETURNING 1
  )
  SELECT EXISTS (SELECT * FROM inserted UNION ALL SELECT * FROM taken_over) AS acquired,
    k.fingerprint = $3 AS "isSame", k.outcome IS NOT NULL AS "isFinished"
  FROM (SELECT 1) AS this LEFT JOIN idempotency_key k ON k.scope = $1 AND k.key_hash = $2`;
