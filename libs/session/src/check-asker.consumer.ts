import { Injectable } from '@nestjs/common';
import { DomainError, type DomainEvent, type EventsOf } from '@app/contracts';
import { InTransaction, type Tx } from '@app/platform';

/**
 * Undoes a change whose asking session has ended since its token was judged, by itself or with its application:
 * whoever ended it has been told that nothing goes on.
 */
@Injectable()
export class CheckAskerConsumer {
  @InTransaction('session.check-asker')
  async checkAsker(_event: DomainEvent<EventsOf<'session.check-asker'>>, tx: Tx): Promise<void> {
    const { actor } = tx.requester;
    const hasEndedItself = tx.reported().sessionsEnded !== undefined;
    if (actor.kind !== 'account' || actor.sessionId === null || hasEndedItself) return;
    const rows = await tx.manager.query<unknown[]>(ASKER, [actor.sessionId]);
    if (rows.length === 0) throw new DomainError('access-token.invalid');
  }
}

// Both are held to the end of the transaction: what ends them waits for it.
const ASKER = `
  WITH asker AS (
    SELECT application_id FROM session WHERE id = $1 AND ended_at IS NULL FOR UPDATE
  ), opener AS (
    SELECT revoked_at FROM application JOIN asker ON client_id = application_id FOR SHARE OF application
  )
  SELECT 1 FROM asker WHERE NOT EXISTS (SELECT 1 FROM opener WHERE revoked_at IS NOT NULL)`;
