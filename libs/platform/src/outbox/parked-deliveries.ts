import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ConsumerName, DomainError } from '@app/contracts';
import { OutboxSignal } from './outbox-signal';

export interface ParkedDelivery {
  id: string;
  consumer: ConsumerName;
  attempts: number;
  /** The name or code of the last error, never its words. */
  lastError: string | null;
  createdAt: Date;
  parkedAt: Date;
}

const LIST_LIMIT = 100;

/** Deliveries that failed so often that they wait for an operator. */
@Injectable()
export class ParkedDeliveries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly signal: OutboxSignal,
  ) {}

  /** At most 100, the longest parked first: one that parks again goes to the end. */
  list(): Promise<ParkedDelivery[]> {
    return this.dataSource.query<ParkedDelivery[]>(LIST, [LIST_LIMIT]);
  }

  /** As if it were new, but for the secret that parking has erased. @throws DomainError `delivery.not-found` */
  async retry(id: string): Promise<void> {
    const rows = await this.dataSource.query<unknown[]>(RETRY, [id]);
    if (rows.length === 0) throw new DomainError('delivery.not-found');
    this.signal.raise();
  }
}

const LIST = `
  SELECT id, consumer, attempts, last_error AS "lastError", created_at AS "createdAt", finished_at AS "parkedAt"
  FROM outbox_delivery WHERE status = 'parked' ORDER BY finished_at, id LIMIT $1`;

const RETRY = `
  WITH retried AS (
    UPDATE outbox_delivery
    SET status = 'due', attempts = 0, available_at = now(), finished_at = NULL, last_error = NULL
    WHERE id = $1 AND status = 'parked' RETURNING 1
  ) SELECT * FROM retried`;
