import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CONSUMERS, type ConsumerName, type DomainEvent } from '@app/contracts';
import type { Tx } from '../database/unit-of-work';
import { consumersOf, hears } from '../events/event-dispatcher';
import { SecretKeys } from '../secrets/code-key';
import { AuditLog } from './audit-log';

interface PlannedDelivery {
  consumer: ConsumerName;
  target: string;
}

/** Writes what a transaction recorded: one message, its deliveries, its audit rows. */
@Injectable()
export class OutboxWriter {
  constructor(
    private readonly keys: SecretKeys,
    private readonly audit: AuditLog,
  ) {}

  async write(tx: Tx): Promise<void> {
    if (tx.events.length === 0) return;
    const messageId = randomUUID();
    await this.audit.record(tx);
    await tx.manager.query('INSERT INTO outbox_message (id, requester, events) VALUES ($1, $2, $3)', [
      messageId,
      JSON.stringify(tx.requester),
      JSON.stringify(tx.events),
    ]);
    for (const delivery of plannedDeliveries(tx.events)) await this.writeDelivery(tx, messageId, delivery);
  }

  private async writeDelivery(tx: Tx, messageId: string, { consumer, target }: PlannedDelivery): Promise<void> {
    const id = randomUUID();
    const secret = tx.secrets.get(target);
    await tx.manager.query(
      'INSERT INTO outbox_delivery (id, message_id, consumer, target, sealed) VALUES ($1, $2, $3, $4, $5)',
      [id, messageId, consumer, target, secret ? this.keys.seal(JSON.stringify(secret), id) : null],
    );
  }
}

/** One delivery a change, or one for each address that its events tell: a mail that fails never repeats another. */
function plannedDeliveries(events: readonly DomainEvent[]): PlannedDelivery[] {
  return consumersOf('after-commit').flatMap((consumer) => {
    const heard = events.filter((event) => hears(consumer, event.name));
    if (heard.length === 0) return [];
    const perRecipient = 'per' in CONSUMERS[consumer] && CONSUMERS[consumer].per === 'recipient';
    const targets = perRecipient ? addressesOf(heard) : [''];
    return targets.map((target) => ({ consumer, target }));
  });
}

function addressesOf(events: readonly DomainEvent[]): string[] {
  return [...new Set(events.flatMap((event) => event.data.recipients.map((recipient) => recipient.address)))];
}
