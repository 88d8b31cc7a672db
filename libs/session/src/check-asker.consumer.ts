import { Injectable } from '@nestjs/common';
import { DomainError, type DomainEvent, type EventsOf } from '@app/contracts';
import { InTransaction, type Tx } from '@app/platform';

/**
 * Undoes a change whose asking session has ended since its token was judged: whoever ended it has been told that
 * nothing goes on.
 */
@Injectable()
export class CheckAskerConsumer {
  @InTransaction('session.check-asker')
  async checkAsker(_event: DomainEvent<EventsOf<'session.check-asker'>>, tx: Tx): Promise<void> {
    const { actor } = tx.requester;
    const hasEndedItself = tx.reported().sessionsEnded !== undefined;
    if (actor.kind !== 'account' || actor.sessionId === null || hasEndedItself) return;
    const rows = await tx.manager.query<unknown[]>(
      'SELECT 1 FROM session WHERE id = $1 AND ended_at IS NULL FOR UPDATE',
      [actor.sessionId],
    );
    if (rows.length === 0) throw new DomainError('access-token.invalid');
  }
}
