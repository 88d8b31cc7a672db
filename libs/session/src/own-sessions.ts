import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog } from '@app/platform';
import { isUuid } from './uuid';

export interface ListedSession {
  id: string;
  createdAt: Date;
  lastSeenAt: Date;
  expiresAt: Date;
  device: string | null;
  ip: string | null;
}

/** A person's view of their own sessions. Somebody else's id is not found, and nothing happens. */
@Injectable()
export class OwnSessions {
  constructor(
    private readonly dataSource: DataSource,
    private readonly audit: AuditLog,
  ) {}

  /** Live ones, the last seen first. */
  list(accountId: string): Promise<ListedSession[]> {
    return this.dataSource.query<ListedSession[]>(LIST, [accountId]);
  }

  /** `sessionId` may be any text. @throws DomainError `session.not-found` */
  async end(accountId: string, sessionId: string, requester: Requester): Promise<void> {
    if (!isUuid(sessionId)) throw new DomainError('session.not-found');
    const ended = await this.endWhere('id = $2', accountId, sessionId, requester);
    if (ended === 0) throw new DomainError('session.not-found');
  }

  /** For a logout: one that has ended already is no error. */
  async endOwn(accountId: string, sessionId: string, requester: Requester): Promise<void> {
    await this.endWhere('id = $2', accountId, sessionId, requester);
  }

  async endOthers(accountId: string, sessionId: string, requester: Requester): Promise<number> {
    return this.endWhere('id <> $2', accountId, sessionId, requester);
  }

  async endAll(accountId: string, requester: Requester): Promise<number> {
    return this.endWhere('$2::uuid IS NULL', accountId, null, requester);
  }

  private async endWhere(which: string, accountId: string, sessionId: string | null, requester: Requester) {
    const rows = await this.dataSource.query<unknown[]>(
      `WITH ended AS (
         UPDATE session SET ended_at = now() WHERE account_id = $1 AND ended_at IS NULL AND ${which} RETURNING id
       ) SELECT id FROM ended`,
      [accountId, sessionId],
    );
    if (rows.length > 0) await this.audit.note('session.ended', accountId, requester);
    return rows.length;
  }
}

const LIST = `
  SELECT s.id, s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", s.expires_at AS "expiresAt",
    coalesce(s.device, s.user_agent) AS device, s.ip
  FROM session s JOIN live_session l USING (id)
  WHERE s.account_id = $1 AND s.listed AND l.live
  ORDER BY s.last_seen_at DESC, s.id`;
