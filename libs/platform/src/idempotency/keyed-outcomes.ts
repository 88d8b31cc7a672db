import { deserialize, serialize } from 'node:v8';
import { Injectable } from '@nestjs/common';
import { DomainError } from '@app/contracts';
import type { Tx } from '../database/unit-of-work';
import { SecretKeys } from '../secrets/code-key';
import { type Reservation, reservationOf } from './reservation';

/** Keeps what came of a unit of work with an `Idempotency-Key`, in its own transaction: both are there or neither. */
@Injectable()
export class KeyedOutcomes {
  constructor(private readonly keys: SecretKeys) {}

  /**
   * Does `work`, unless the same request has done it: then answers what came of it. Without a key it does it.
   * @throws DomainError `idempotency-key.in-flight` when another request holds the key by now
   */
  async once<T>(tx: Tx, work: () => Promise<T>): Promise<T> {
    const reservation = reservationOf(tx.requester);
    if (!reservation) return work();
    reservation.startRun();
    const sealed = await hold(tx, reservation);
    if (sealed) return this.open<T>(sealed, reservation);
    const outcome = await work();
    await this.keep(tx, reservation, outcome);
    return outcome;
  }

  private async keep(tx: Tx, reservation: Reservation, outcome: unknown): Promise<void> {
    // Not JSON: a date must come back as a date.
    const sealed = this.keys.seal(serialize(outcome).toString('base64'), rowOf(reservation));
    await tx.manager.query('UPDATE idempotency_key SET outcome = $3 WHERE scope = $1 AND key_hash = $2', [
      reservation.scope,
      reservation.keyHash,
      sealed,
    ]);
  }

  private open<T>(sealed: Buffer, reservation: Reservation): T {
    return deserialize(Buffer.from(this.keys.open(sealed, rowOf(reservation)), 'base64')) as T;
  }
}

/** Nobody else can have the key before the transaction ends. Resolves with the outcome that is there already. */
async function hold(tx: Tx, { scope, keyHash, fingerprint, lease }: Reservation): Promise<Buffer | null> {
  const [row] = await tx.manager.query<{ lease: string; outcome: Buffer | null }[]>(
    'SELECT lease, outcome FROM idempotency_key WHERE scope = $1 AND key_hash = $2 AND fingerprint = $3 FOR UPDATE',
    [scope, keyHash, fingerprint],
  );
  if (row?.outcome) return row.outcome;
  if (row?.lease !== lease) throw new DomainError('idempotency-key.in-flight', { retryAfterSeconds: 1 });
  return null;
}

/** What is sealed for one row opens for no other. */
const rowOf = ({ scope, keyHash }: Reservation): string => `idempotency ${scope} ${keyHash.toString('hex')}`;
