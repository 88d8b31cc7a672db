import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, randomToken, Settings } from '@app/platform';
import { AccessTokens } from './access-token';
import { Liveness, type LiveSession, type LiveSessionJson, toLiveSession } from './liveness';
import type { IssuedTokens } from './open-session';

/** New tokens for a session that stands already: one kept through a change, or one found by its handle. */
@Injectable()
export class ContinueSession {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveness: Liveness,
    private readonly accessTokens: AccessTokens,
    private readonly settings: Settings,
  ) {}

  /**
   * The first tokens of a session that was kept through a change; `null` when it has ended since the commit. The
   * change stands then, so it is no error: the person signs in again.
   */
  async afterChange(sessionId: string): Promise<IssuedTokens | null> {
    const renewalToken = randomToken();
    const [row] = await this.dataSource.query<{ session: LiveSessionJson }[]>(FIRST_LEAF, [
      digest(renewalToken),
      sessionId,
    ]);
    return row?.session.live ? { ...mintFor(toLiveSession(row.session), this.accessTokens), renewalToken } : null;
  }

  /**
   * For the application that has opened the session. Its use keeps the session from idling out.
   * @throws DomainError `session-token.invalid` unless the session is live and the application's
   */
  async byHandle(handle: string, applicationId: string): Promise<IssuedTokens> {
    const [row] = await this.dataSource.query<{ id: string }[]>(TOUCH, [
      digest(handle),
      applicationId,
      this.settings.sessionIdleSeconds,
    ]);
    const session = row ? await this.liveness.of(row.id) : null;
    if (!session?.live) throw new DomainError('session-token.invalid');
    return { ...mintFor(session, this.accessTokens), renewalToken: handle };
  }
}

const FIRST_LEAF = `
  WITH leaf AS (INSERT INTO refresh_token (token_hash, session_id) VALUES ($1, $2))
  SELECT row_to_json(live_session) AS session FROM live_session WHERE id = $2::uuid`;

const TOUCH = `
  WITH touched AS (
    UPDATE session SET last_seen_at = now(), idle_expires_at = least(now() + make_interval(secs => $3), expires_at)
    WHERE handle_hash = $1 AND application_id = $2 AND ended_at IS NULL AND idle_expires_at > now()
    RETURNING id
  )
  SELECT id FROM touched`;

/** An access token for a session that liveness has just judged. */
export function mintFor(session: LiveSession, accessTokens: AccessTokens): Omit<IssuedTokens, 'renewalToken'> {
  const { accessToken, expiresAt, expiresIn } = accessTokens.mint({ ...session, sessionId: session.id });
  return {
    accountId: session.accountId,
    sessionId: session.id,
    accessToken,
    accessTokenExpiresAt: expiresAt,
    expiresIn,
    sessionExpiresAt: session.expiresAt,
    passwordChangeRequired: session.passwordChangeOnly,
  };
}
