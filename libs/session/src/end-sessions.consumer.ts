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
    const values = [accountId, keepSessionId, randomUUID(), credentialVersion];
    const [done] = await tx.manager.query<[Done]>(SUCCEED_AND_END, values);
    const earlier = tx.reported().sessionsEnded ?? 0;
    tx.report('sessionsEnded', earlier + done.ended - (done.successorId === null ? 0 : 1));
    if (done.successorId !== null) tx.report('keptSessionId', done.successorId);
    if (event.name === 'account.deleted.v1') await eraseTraces(tx, accountId);
  }
}

/** The rows themselves stay: a live token of a deleted account must meet "account gone". */
async function eraseTraces(tx: Tx, accountId: string): Promise<void> {
  await tx.manager.query('UPDATE session SET user_agent = NULL, device = NULL, ip = NULL WHERE account_id = $1', [
    accountId,
  ]);
}

interface Done {
  successorId: string | null;
  ended: number;
}

const END_ALL = `
  UPDATE session SET ended_at = now() WHERE account_id = $1 AND ended_at IS NULL RETURNING expires_at, idle_expires_at, application_id`;

/** How many of the rows in `ended` were live until now. */
export const COUNT_LIVE = `
  count(*) FILTER (WHERE expires_at > now() AND idle_expires_at > now() AND NOT EXISTS (
    SELECT 1 FROM application WHERE client_id = application_id AND revoked_at IS NOT NULL))::int AS ended`;

// A new id with the old end: what is kept is the sign-in, not the session that an attacker may share. No part of the
// statement sees what another has written, so the successor is not ended with the rest.
const SUCCEED_AND_END = `
  WITH successor AS (
    INSERT INTO session (id, account_id, credential_version, listed, password_change_only, application_id,
      user_agent, device, ip, authenticated_at, idle_expires_at, expires_at)
    SELECT $3, account_id, $4, listed, false, application_id,
      user_agent, device, ip, authenticated_at, idle_expires_at, expires_at
    FROM session WHERE id = $2 AND account_id = $1 AND ended_at IS NULL
    RETURNING id
  ), ended AS (${END_ALL})
  SELECT (SELECT id FROM successor) AS "successorId", ${COUNT_LIVE} FROM ended`;

/** How many of those that ended were live. */
export async function endAll(tx: Tx, accountId: string): Promise<number> {
  const [row] = await tx.manager.query<{ ended: number }[]>(
    `WITH ended AS (${END_ALL}) SELECT ${COUNT_LIVE} FROM ended`,
    [accountId],
  );
  return row?.ended ?? 0;
}
