import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { DomainEvent, EventsOf } from '@app/contracts';
import { InTransaction, type Tx } from '@app/platform';

/** Ends every session of an account in the transaction that changes its credentials. */
@Injectable()
export class EndSessionsConsumer {
  @InTransaction('session.end-sessions')
  async endSessions(event: DomainEvent<EventsOf<'session.end-sessions'>>, tx: Tx): Promise<void> {
    const { accountId, credentialVersion } = event.data;
    const keepSessionId = 'keepSessionId' in event.data ? event.data.keepSessionId : null;
    const successorId = keepSessionId === null ? null : await succeed(tx, keepSessionId, accountId, credentialVersion);
    const ended = await endAllBut(tx, accountId, successorId);
    const earlier = tx.reported().sessionsEnded ?? 0;
    tx.report('sessionsEnded', earlier + ended - (successorId === null ? 0 : 1));
    if (successorId !== null) tx.report('keptSessionId', successorId);
    if (event.name === 'account.deleted.v1') await eraseTraces(tx, accountId);
  }
}

/** The rows themselves stay: a live token of a deleted account must meet "account gone". */
async function eraseTraces(tx: Tx, accountId: string): Promise<void> {
  await tx.manager.query('UPDATE session SET user_agent = NULL, device = NULL, ip = NULL WHERE account_id = $1', [
    accountId,
  ]);
}

/** A new id with the old end: what is kept is the sign-in, not the session that an attacker may share. */
async function succeed(
  tx: Tx,
  sessionId: string,
  accountId: string,
  credentialVersion: number,
): Promise<string | null> {
  const successorId = randomUUID();
  const rows = await tx.manager.query<unknown[]>(
    `WITH successor AS (
       INSERT INTO session (id, account_id, credential_version, listed, password_change_only, application_id,
         user_agent, device, ip, authenticated_at, idle_expires_at, expires_at)
       SELECT $1, account_id, $4, listed, false, application_id,
         user_agent, device, ip, authenticated_at, idle_expires_at, expires_at
       FROM session WHERE id = $2 AND account_id = $3 AND ended_at IS NULL
       RETURNING id
     ) SELECT id FROM successor`,
    [successorId, sessionId, accountId, credentialVersion],
  );
  return rows.length === 1 ? successorId : null;
}

/** How many of those that ended were live. */
export async function endAllBut(tx: Tx, accountId: string, successorId: string | null): Promise<number> {
  const rows = await tx.manager.query<{ ended: number }[]>(
    `WITH ended AS (
       UPDATE session SET ended_at = now() WHERE account_id = $1 AND ended_at IS NULL AND id IS DISTINCT FROM $2::uuid
       RETURNING expires_at, idle_expires_at
     ) SELECT count(*)::int AS ended FROM ended WHERE expires_at > now() AND idle_expires_at > now()`,
    [accountId, successorId],
  );
  return rows[0]?.ended ?? 0;
}
