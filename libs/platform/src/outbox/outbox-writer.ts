import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import {
  CONSUMERS,
  type ConsumerName,
  type DomainEvent,
  type EventName,
  type EventsOf,
  type InTransactionConsumer,
  type Requester,
} from '@app/contracts';
import type { Tx } from '../database/unit-of-work';
import { consumersOf, hears } from '../events/event-dispatcher';
import { SecretKeys } from '../secrets/code-key';
import { auditRows } from './audit-log';

interface PlannedDelivery {
  consumer: ConsumerName;
  target: string;
}

/** An event that no consumer hears before the commit, so that it needs no transaction of its own. */
export type ToldAlone = DomainEvent<Exclude<EventName, EventsOf<InTransactionConsumer>>>;

/** Writes what a transaction recorded: one message, its deliveries, its audit rows. */
@Injectable()
export class OutboxWriter {
  constructor(private readonly keys: SecretKeys) {}

  async write(tx: Tx): Promise<void> {
    if (tx.events.length === 0) return;
    const seal = (id: string, target: string) => this.sealed(id, tx.secrets.get(target));
    await tx.manager.query(INSERT, [JSON.stringify(messageOf(tx.requester, tx.events, seal))]);
  }

  /** As `bytea` is written. */
  private sealed(id: string, secret: Record<string, string> | undefined): string | null {
    return secret ? `\\x${this.keys.seal(JSON.stringify(secret), id).toString('hex')}` : null;
  }
}

/** The rows of one message, for a statement that begins with a `message` of `MESSAGE_COLUMNS` and goes on with `WRITES`. */
export function messageOf(
  requester: Requester,
  events: readonly DomainEvent[],
  seal: (id: string, target: string) => string | null = () => null,
): object {
  const deliveries = plannedDeliveries(events).map(({ consumer, target }) => {
    const id = randomUUID();
    return { id, consumer, target, sealed: seal(id, target) };
  });
  return { id: randomUUID(), requester, events, deliveries, audit: auditRows(events) };
}

export const MESSAGE_COLUMNS = 'id uuid, requester jsonb, events jsonb, deliveries jsonb, audit jsonb';

export const WRITES = `
  written AS (
    INSERT INTO outbox_message (id, requester, events) SELECT id, requester, events FROM message
  ), audited AS (
    INSERT INTO audit_event (account_id, action, requester, details)
    SELECT event.account_id, event.action, message.requester, event.details
    FROM message, jsonb_to_recordset(audit) AS event (account_id uuid, action text, details jsonb)
  ), delivered AS (
    INSERT INTO outbox_delivery (message_id, id, consumer, target, sealed)
    SELECT message.id, delivery.*
    FROM message, jsonb_to_recordset(deliveries) AS delivery (id uuid, consumer text, target text, sealed bytea)
  )`;

const INSERT = `WITH message AS (SELECT * FROM jsonb_to_record($1) AS m (${MESSAGE_COLUMNS})), ${WRITES} SELECT`;

/** One delivery a change, or one for each address that its events tell: a mail that fails never repeats another. */
function plannedDeliveries(events: readonly DomainEvent[]): PlannedDelivery[] {
  return consumersOf('after-commit').flatMap((consumer) => {
    const heard = events.filter((event) => hears(consumer, event.name));
    if (heard.length === 0) return [];
    const targets = 'per' in CONSUMERS[consumer] ? addressesOf(heard) : [''];
    return targets.map((target) => ({ consumer, target }));
  });
}

function addressesOf(events: readonly DomainEvent[]): string[] {
  return [...new Set(events.flatMap((event) => event.data.recipients.map((recipient) => recipient.address)))];
}
