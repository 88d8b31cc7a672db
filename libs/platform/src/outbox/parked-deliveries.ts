import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ConsumerName, type DomainEvent, DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '../database/unit-of-work';
import { SecretKeys } from '../secrets/code-key';

export interface ParkedDelivery {
  id: string;
  consumer: ConsumerName;
  attempts: number;
  /** The name or code of the last error, never its words. */
  lastError: string | null;
  createdAt: Date;
  parkedAt: Date;
}

/** What a delivery that is retried tells, and whom. */
export interface RetriedNews {
  target: string;
  /** When the change happened, to the millisecond. */
  at: Date;
  events: readonly DomainEvent[];
}

const LIST_LIMIT = 100;

/** Deliveries that failed so often that they wait for an operator. */
@Injectable()
export class ParkedDeliveries {
  constructor(
    private readonly dataSource: DataSource,
    private readonly unitOfWork: UnitOfWork,
    private readonly keys: SecretKeys,
  ) {}

  /** At most 100, the longest parked first: one that parks again goes to the end. */
  list(): Promise<ParkedDelivery[]> {
    return this.dataSource.query<ParkedDelivery[]>(LIST, [LIST_LIMIT]);
  }

  /** As if it were new, with what `delivery.retried.v1` makes of the secret that parking has erased. @throws DomainError `delivery.not-found` */
  async retry(deliveryId: string, requester: Requester): Promise<void> {
    await this.unitOfWork.run(requester, async (tx) => {
      const [retried] = await tx.manager.query<{ consumer: ConsumerName }[]>(RETRY, [deliveryId]);
      if (!retried) throw new DomainError('delivery.not-found');
      tx.record('delivery.retried.v1', { accountId: null, recipients: [], deliveryId, ...retried });
    });
  }

  async newsOf(tx: Tx, deliveryId: string): Promise<RetriedNews> {
    const [news] = await tx.manager.query<[RetriedNews]>(NEWS, [deliveryId]);
    return news;
  }

  /** For that delivery alone; erased when it is done or parked again. */
  async seal(tx: Tx, deliveryId: string, secret: Record<string, string>): Promise<void> {
    const sealed = this.keys.seal(JSON.stringify(secret), deliveryId);
    await tx.manager.query('UPDATE outbox_delivery SET sealed = $2 WHERE id = $1', [deliveryId, sealed]);
  }
}

const LIST = `
  SELECT id, consumer, attempts, last_error AS "lastError", created_at AS "createdAt", finished_at AS "parkedAt"
  FROM outbox_delivery WHERE status = 'parked' ORDER BY finished_at, id LIMIT $1`;

const NEWS = `
  SELECT d.target, m.recorded_at AS at, m.events FROM outbox_delivery d JOIN outbox_message m ON m.id = d.message_id
  WHERE d.id = $1`;

const RETRY = `
  WITH retried AS (
    UPDATE outbox_delivery
    SET status = 'due', attempts = 0, available_at = now(), finished_at = NULL, last_error = NULL
    WHERE id = $1 AND status = 'parked' RETURNING consumer
  ) SELECT * FROM retried`;
