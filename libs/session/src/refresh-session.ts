import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError, type Requester } from '@app/contracts';
import { digest, SecretKeys, Settings, type Tx, UnitOfWork } from '@app/platform';
import { AccessTokens } from './access-token';
import { AccountHold } from './account-hold';
import { mintFor } from './continue-session';
import { Liveness, type LiveSession } from './liveness';
import type { IssuedTokens } from './open-session';

/**
 * Rotates a refresh token. The successor is derived from the token that was shown, so a lost answer can be
 * given again without storing it. A token shown again after the grace ends its whole family (RFC 9700 4.14).
 */
@Injectable()
export class RefreshSession {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
    private readonly keys: SecretKeys,
    private readonly liveness: Liveness,
    private readonly accessTokens: AccessTokens,
    private readonly accounts: AccountHold,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  async execute(refreshToken: string, requester: Requester): Promise<IssuedTokens> {
    const successor = this.keys.hmac('refresh-successor', refreshToken).toString('base64url');
    const sessionId =
      (await this.rotate(refreshToken, successor)) ?? (await this.spentJustNow(refreshToken, successor, requester));
    // Asked after the rotation: a change or a logout that has committed by now wins.
    const session = await this.liveness.of(sessionId);
    if (!session?.live) throw new DomainError('refresh-token.invalid');
    return { ...mintFor(session, this.accessTokens), renewalToken: successor };
  }

  /** The session's id, or `null` when the token is not its family's leaf. */
  private async rotate(refreshToken: string, successor: string): Promise<string | null> {
    const [row] = await this.dataSource.query<{ session_id: string }[]>(ROTATE, [
      digest(refreshToken),
      digest(successor),
      this.settings.sessionIdleSeconds,
    ]);
    return row?.session_id ?? null;
  }

  private async spentJustNow(refreshToken: string, successor: string, requester: Requester): Promise<string> {
    const [row] = await this.dataSource.query<SpentRow[]>(READ_SPENT, [
      digest(refreshToken),
      digest(successor),
      this.settings.refreshGraceSeconds,
    ]);
    if (!row) throw new DomainError('refresh-token.invalid');
    if (row.in_grace) return row.session_id;
    await this.endFamily(row, requester);
    throw new DomainError('refresh-token.invalid');
  }

  /** Told once, also of a session that has ended since: else a thief who signs out would not be noticed. */
  private async endFamily({ session_id, spent_before_end }: SpentRow, requester: Requester): Promise<void> {
    const session = await this.liveness.of(session_id);
    if (!session || !(session.live || spent_before_end)) return;
    try {
      await this.unitOfWork.run(requester, (tx) => this.endAndSay(tx, session));
    } catch (error) {
      // Of a deleted account nobody is left to be told.
      if (!(error instanceof DomainError && error.code === 'account.not-found')) throw error;
    }
  }

  private async endAndSay(tx: Tx, { id: sessionId, accountId }: LiveSession): Promise<void> {
    const held = await this.accounts.holdToWarn(tx, accountId);
    const untold = await tx.manager.query<unknown[]>(END_UNTOLD, [sessionId]);
    if (untold.length > 0) tx.record('session.refresh-token-reused.v1', { accountId, ...held, sessionId });
  }
}

interface SpentRow {
  session_id: string;
  in_grace: boolean;
  /** Else it was shown for the first time when its session had ended: by a client that did not know. */
  spent_before_end: boolean;
}

const ROTATE = `
  WITH spent AS (
    UPDATE refresh_token SET spent_at = clock_timestamp() WHERE token_hash = $1 AND spent_at IS NULL RETURNING session_id
  ), leaf AS (
    INSERT INTO refresh_token (token_hash, session_id) SELECT $2, session_id FROM spent
  ), touched AS (
    UPDATE session s SET last_seen_at = now(), idle_expires_at = least(now() + make_interval(secs => $3), s.expires_at)
    FROM spent WHERE s.id = spent.session_id AND s.ended_at IS NULL AND s.idle_expires_at > now()
  )
  SELECT session_id FROM spent`;

const READ_SPENT = `
  SELECT t.session_id,
    t.spent_at > clock_timestamp() - make_interval(secs => $3)
      AND EXISTS (SELECT 1 FROM refresh_token n WHERE n.token_hash = $2 AND n.spent_at IS NULL) AS in_grace,
    coalesce(t.spent_at < s.ended_at, false) AS spent_before_end
  FROM refresh_token t JOIN session s ON s.id = t.session_id WHERE t.token_hash = $1`;

const END_UNTOLD = `
  WITH untold AS (
    UPDATE session SET ended_at = coalesce(ended_at, now()), reuse_told = true WHERE id = $1 AND NOT reuse_told RETURNING id
  ) SELECT id FROM untold`;
