import type { EventName } from '@app/contracts';
import type { Tx } from '../database/unit-of-work';

/** Takes codes and links out of the mails that wait; they say then that it is gone. Not those about `kept` events. */
export async function forgetSealed(tx: Tx, kept: readonly EventName[]): Promise<void> {
  await tx.manager.query(FORGET, [kept]);
}

const FORGET = `
  UPDATE outbox_delivery d SET sealed = NULL FROM outbox_message m
  WHERE m.id = d.message_id AND d.sealed IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM jsonb_array_elements(m.events) e WHERE e ->> 'name' = ANY($1::text[]))`;
