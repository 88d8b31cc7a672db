import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { CONSUMERS, type ConsumerName, type DomainEvent } from '@app/contracts';
import type { Tx } from '../database/unit-of-work';
import { consumersOf, hears } from '../events/event-dispatcher';
import { SecretKeys } from '../secrets/code-key';
import { auditRows } from './audit-log';

interface PlannedDelivery {
  consumer: ConsumerName;
  target: string;
}

/** Writes what a transaction recorded: one message, its deliveries, its audit rows. */
@Injectable()
export class OutboxWriter {
  constructor(private readonly keys: SecretKeys) {}

  async write(tx: Tx): Promise<void> {
    if (tx.events.length === 0) return;
    const messageId = randomUUID();
    const deliveries = plannedDeliveries(tx.events).map((planned) => ({ ...planned, id: randomUUID() }));
    await tx.manager.query(INSERT, [
      messageId,
      JSON.stringify(tx.requester),
      JSON.stringify(tx.events),
      deliveries.map(({ id }) => id),
      deliveries.map(({ consumer }) => consumer),
      deliveries.map(({ target }) => target),
      deliveries.map(({ id, target }) => this.sealed(id, tx.secrets.get(target))),
      JSON.stringify(auditRows(tx)),
    ]);
  }

  private sealed(id: string, secret: Record<string, string> | undefined): Buffer | null {
    return secret ? this.keys.seal(JSON.stringify(secret), id) : null;
  }
}

const INSERT = `
  WITH message AS (
    INSERT INTO outbox_message (id, requester, events) VALUES ($1, $2, $3)
  ), audited AS (
    INSERT INTO audit_event (account_id, action, requester, details)
    SELECT account_id, action, $2::jsonb, details
    FROM jsonb_to_recordset($8) AS event (account_id uuid, action text, details jsonb)
  )
  INSERT INTO outbox_delivery (message_id, id, consumer, target, sealed)
  SELECT $1::uuid, * FROM unnest($4::uuid[], $5::text[], $6::text[], $7::bytea[])`;

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
