import type { ConsumerName } from '@app/contracts';
import type { ParkedDelivery } from '@app/platform';

export class ParkedDeliveryDto implements ParkedDelivery {
  id: string;

  /** @example notifications.send-mail */
  consumer: ConsumerName;

  attempts: number;

  /**
   * The name or code of the last error.
   * @example "Error ECONNREFUSED"
   */
  lastError: string | null;

  createdAt: Date;

  parkedAt: Date;
}

export class ParkedDeliveriesDto {
  /** At most 100, the longest parked first. */
  deliveries: ParkedDeliveryDto[];
}
