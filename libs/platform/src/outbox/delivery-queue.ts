import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type Change, CONSUMERS, type ConsumerName } from '@app/contracts';

export const BATCH = 10;
/** A deliverer that died is followed by another after this; a living one renews its lease long before. */
export const LEASE_SECONDS = 15;

export interface ClaimedDelivery {
  id: string;
  consumer: ConsumerName;
  target: string;
  /** This one included. */
  attempts: number;
  sealed: Buffer | null;
  change: Change;
}

/** The deliveries of the outbox. One that is claimed under a lease is for its holder alone, while the lease lasts. */
@Injectable()
export class DeliveryQueue {
  constructor(private readonly dataSource: DataSource) {}

  /** Some of what is due, the longest due first; what others have claimed is passed over. */
  async claim(lease: string): Promise<ClaimedDelivery[]> {
    const rows = await this.dataSource.query<ClaimedRow[]>(CLAIM, [lease, LEASE_SECONDS, BATCH, LAST_CONSUMERS]);
    return rows.map(({ id, consumer, target, attempts, sealed, ...message }) => {
      const { message_id, recorded_at, requester, events } = message;
      const change = { id: message_id, at: recorded_at.toISOString(), requester, events };
      return { id, consumer, target, attempts, sealed, change };
    });
  }

  /** The lease begins anew. */
  async renew(lease: string, id: string): Promise<void> {
    await this.dataSource.query(RENEW, [id, lease, LEASE_SECONDS]);
  }

  async acknowledge(lease: string, id: string): Promise<void> {
    await this.dataSource.query(ACKNOWLEDGE, [id, lease]);
  }

  async retryLater(lease: string, id: string, failure: { reason: string; waitSeconds: number }): Promise<void> {
    await this.dataSource.query(RETRY, [id, lease, failure.reason, failure.waitSeconds]);
  }

  /** How many wait for their next try, and how many for an operator. */
  async backlog(): Promise<{ due: number; parked: number }> {
    const [counts] = await this.dataSource.query<[{ due: number; parked: number }]>(BACKLOG);
    return counts;
  }

  /** Until an operator asks for it again; see `ParkedDeliveries`. */
  async park(lease: string, id: string, reason: string): Promise<void> {
    await this.dataSource.query(PARK, [id, lease, reason]);
  }
}

/**
 * Makes due what a process that died has held. For the start of the only process that can have the database open:
 * there it spares the wait for the leases' end.
 */
export async function freeLeases(dataSource: DataSource): Promise<void> {
  await dataSource.query(
    `UPDATE outbox_delivery SET lease = NULL, available_at = now() WHERE status = 'due' AND lease IS NOT NULL`,
  );
}

interface ClaimedRow extends Omit<ClaimedDelivery, 'change'> {
  message_id: string;
  requester: Change['requester'];
  events: Change['events'];
  recorded_at: Date;
}

const LAST_CONSUMERS = Object.entries(CONSUMERS).flatMap(([name, consumer]) => ('last' in consumer ? [name] : []));

const CLAIM = `
  WITH due AS (
    SELECT id FROM outbox_delivery d WHERE status = 'due' AND available_at <= clock_timestamp()
      AND NOT (consumer = ANY($4) AND EXISTS (
        SELECT 1 FROM outbox_delivery o
        WHERE o.message_id = d.message_id AND o.status = 'due' AND o.consumer <> ALL($4)))
    ORDER BY available_at LIMIT $3 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE outbox_delivery d
    SET lease = $1, attempts = attempts + 1, available_at = clock_timestamp() + make_interval(secs => $2)
    FROM due WHERE d.id = due.id
    RETURNING d.id, d.consumer, d.target, d.attempts, d.sealed, d.message_id
  )
  SELECT claimed.*, m.requester, m.events, m.recorded_at
  FROM claimed JOIN outbox_message m ON m.id = claimed.message_id`;

const RENEW = `UPDATE outbox_delivery SET available_at = now() + make_interval(secs => $3)
  WHERE id = $1 AND lease = $2`;

const BACKLOG = `
  SELECT (SELECT count(*)::int FROM outbox_delivery WHERE status = 'due') AS due,
    (SELECT count(*)::int FROM outbox_delivery WHERE status = 'parked') AS parked`;

// Only the holder of the lease may finish a row: a deliverer that slept past its lease changes nothing.
const ACKNOWLEDGE = `UPDATE outbox_delivery SET status = 'done', sealed = NULL, lease = NULL, finished_at = now()
  WHERE id = $1 AND lease = $2`;
const PARK = `UPDATE outbox_delivery SET status = 'parked', sealed = NULL, lease = NULL, finished_at = now(), last_error = $3
  WHERE id = $1 AND lease = $2`;
const RETRY = `UPDATE outbox_delivery SET lease = NULL, last_error = $3, available_at = now() + make_interval(secs => $4)
  WHERE id = $1 AND lease = $2`;
