import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import { ADDRESS_FIELDS } from '@app/contracts';

/** Something else is still on its way to the person: what it says must not be erased before. */
class StillToDeliver extends Error {
  override readonly name = 'StillToDeliver';
}

/** What the outbox and the log keep of a person: addresses, and from where somebody asked (ADR 0010). */
@Injectable()
export class PersonalTraces {
  constructor(private readonly dataSource: DataSource) {}

  /**
   * Leaves of an account what happened, when, and which service did it. Parked deliveries to its person are given up.
   * `deliveryId`: the delivery that asks for this. @throws StillToDeliver
   */
  async erase(accountId: string, deliveryId: string): Promise<void> {
    await this.dataSource.transaction(async (manager) => {
      const messageIds = await messagesAbout(manager, accountId);
      await requireDelivered(manager, messageIds, deliveryId);
      await manager.query(ERASE_MESSAGES, [messageIds, accountId, ADDRESS_FIELDS]);
      await manager.query('DELETE FROM outbox_delivery WHERE message_id = ANY($1) AND id <> $2', [
        messageIds,
        deliveryId,
      ]);
      await manager.query(ERASE_LOG, [accountId]);
    });
  }
}

async function messagesAbout(manager: EntityManager, accountId: string): Promise<string[]> {
  const rows = await manager.query<{ id: string }[]>(FIND_MESSAGES, [accountId]);
  return rows.map(({ id }) => id);
}

async function requireDelivered(manager: EntityManager, messageIds: string[], deliveryId: string): Promise<void> {
  const due = await manager.query<unknown[]>(
    `SELECT 1 FROM outbox_delivery WHERE message_id = ANY($1) AND status = 'due' AND id <> $2 LIMIT 1`,
    [messageIds, deliveryId],
  );
  if (due.length > 0) throw new StillToDeliver();
}

/** Its own, and what was mailed to its addresses without a word of whose they are: codes for somebody not signed in. */
const FIND_MESSAGES = `
  WITH own AS (
    SELECT id, events FROM outbox_message
    WHERE jsonb_path_query_array(events, '$[*].data.accountId') @> to_jsonb($1::text)
  ), address AS (
    SELECT DISTINCT recipient #>> '{}' AS address FROM own, jsonb_path_query(
      events, '$[*] ? (@.data.accountId == $id).data.recipients[*].address', jsonb_build_object('id', $1::text)) recipient
  )
  SELECT id FROM own
  UNION
  SELECT m.id FROM outbox_delivery d JOIN address a ON a.address = d.target JOIN outbox_message m ON m.id = d.message_id
  WHERE d.target <> '' AND NOT jsonb_path_exists(m.events, '$[*].data.accountId ? (@ != null)')`;

/** A service is no person. */
const REQUESTER_WITHOUT_PERSON = `
  CASE WHEN requester #>> '{actor,kind}' IN ('service', 'system') THEN requester
    ELSE requester || '{"ip": null, "userAgent": null, "device": null}' END`;

const ERASE_MESSAGES = `
  UPDATE outbox_message SET
    requester = ${REQUESTER_WITHOUT_PERSON},
    events = (
      SELECT jsonb_agg(CASE WHEN event #>> '{data,accountId}' <> $2 THEN event ELSE jsonb_set(event, '{data}',
          (event -> 'data') || '{"recipients": []}' || (
            SELECT coalesce(jsonb_object_agg(field, ''), '{}') FROM jsonb_object_keys(event -> 'data') field
            WHERE field = ANY($3)))
        END ORDER BY place)
      FROM jsonb_array_elements(events) WITH ORDINALITY AS element (event, place))
  WHERE id = ANY($1)`;

/** The one statement that changes what the log says; there is no address in it (see `AuditLog`). */
const ERASE_LOG = `UPDATE audit_event SET requester = ${REQUESTER_WITHOUT_PERSON} WHERE account_id = $1`;
