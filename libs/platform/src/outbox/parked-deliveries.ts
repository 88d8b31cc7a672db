import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { type ConsumerName, DomainError, type Requester } from '@app/contracts';
import { UnitOfWork } from '../database/unit-of-work';

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
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** At most 100, the longest parked first: one that parks again goes to the end. */
  list(): Promise<ParkedDelivery[]> {
    return this.dataSource.query<ParkedDelivery[]>(LIST, [LIST_LIMIT]);
  }

  /** As if it were new, but for the secret that parking has erased. @throws DomainError `delivery.not-found` */
  async retry(deliveryId: string, requester: Requester): Promise<void> {
    await this.unitOfWork.run(requester, async (tx) => {
      const [retried] = await tx.manager.query<{ consumer: ConsumerName }[]>(RETRY, [deliveryId]);
      if (!retried) throw new DomainError('delivery.not-found');
      tx.record('delivery.retried.v1', { accountId: null, recipients: [], deliveryId, ...retried });
    });
  }
}

const LIST = `
  SELECT id, consumer, attempts, last_error AS "lastError", created_at AS "createdAt", finished_at AS "parkedAt"
  FROM outbox_delivery WHERE status = 'parked' ORDER BY finished_at, id LIMIT $1`;

const RETRY = `
  WITH retried AS (
    UPDATE outbox_delivery
    SET status = 'due', attempts = 0, available_at = now(), finished_at = NULL, last_error = NULL
    WHERE id = $1 AND status = 'parked' RETURNING consumer
  ) SELECT * FROM retried`;
