import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { AccountHold } from './account-hold';
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
    private readonly accounts: AccountHold,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** Live ones, the last seen first. */
  list(accountId: string): Promise<ListedSession[]> {
    return this.dataSource.query<ListedSession[]>(LIST, [accountId]);
  }

  /** `sessionId` may be any text. @throws DomainError `session.not-found` */
  async end(accountId: string, sessionId: string, requester: Requester): Promise<void> {
    if (!isUuid(sessionId)) throw new DomainError('session.not-found');
    const ended = await this.endWhere('id = $2', { accountId, sessionId }, requester);
    if (ended === 0) throw new DomainError('session.not-found');
  }

  /** For a logout: one that has ended already is no error, nor is one of an account that was deleted. */
  async endOwn(accountId: string, sessionId: string, requester: Requester): Promise<void> {
    await this.endWhere('id = $2', { accountId, sessionId }, requester);
  }

  async endOthers(accountId: string, sessionId: string, requester: Requester): Promise<number> {
    return this.endWhere('id <> $2', { accountId, sessionId }, requester);
  }

  async endAll(accountId: string, requester: Requester): Promise<number> {
    return this.endWhere('$2::uuid IS NULL', { accountId, sessionId: null }, requester);
  }

  private async endWhere(which: string, whose: Whose, requester: Requester): Promise<number> {
    try {
      const { result } = await this.unitOfWork.run(requester, (tx) => this.endAndSay(tx, which, whose));
      return result;
    } catch (error) {
      // A deleted account has no session left.
      if (error instanceof DomainError && error.code === 'account.not-found') return 0;
      throw error;
    }
  }

  private async endAndSay(tx: Tx, which: string, { accountId, sessionId }: Whose): Promise<number> {
    // Account before session, as every change does; one under way that keeps a session is over then.
    const { credentialVersion } = await this.accounts.hold(tx, accountId);
    const rows = await tx.manager.query<unknown[]>(
      `WITH ended AS (
         UPDATE session SET ended_at = now() WHERE account_id = $1 AND ended_at IS NULL AND ${which} RETURNING id
       ) SELECT id FROM ended`,
      [accountId, sessionId],
    );
    const count = rows.length;
    if (count > 0) tx.record('session.ended.v1', { accountId, credentialVersion, recipients: [], count });
    return count;
  }
}

interface Whose {
  accountId: string;
  sessionId: string | null;
}

const LIST = `
  SELECT s.id, s.created_at AS "createdAt", s.last_seen_at AS "lastSeenAt", s.expires_at AS "expiresAt",
    coalesce(s.device, s.user_agent) AS device, s.ip
  FROM live_sessions(ARRAY(SELECT id FROM session WHERE account_id = $1 AND ended_at IS NULL AND listed)) l
  JOIN session s USING (id)
  WHERE s.account_id = $1 AND l.live
  ORDER BY s.last_seen_at DESC, s.id`;
