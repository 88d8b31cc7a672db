import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import { DomainError } from '@app/contracts';
import { digest, randomToken } from '@app/platform';
import { AccessTokens } from './access-token';
import { Liveness, type LiveSession } from './liveness';
import type { IssuedTokens } from './open-session';

/** New tokens for a session that stands already: one kept through a change, or one found by its handle. */
@Injectable()
export class ContinueSession {
  constructor(
    private readonly dataSource: DataSource,
    private readonly liveness: Liveness,
    private readonly accessTokens: AccessTokens,
  ) {}

  /** The first tokens of a session that was kept through a change. */
  async afterChange(sessionId: string): Promise<IssuedTokens> {
    const renewalToken = randomToken();
    await this.dataSource.query('INSERT INTO refresh_token (token_hash, session_id) VALUES ($1, $2)', [
      digest(renewalToken),
      sessionId,
    ]);
    return this.tokensOf(await this.liveness.of(sessionId), renewalToken);
  }

  /** @throws DomainError `session-token.invalid` unless the handle is that of a live session. */
  async byHandle(handle: string): Promise<IssuedTokens> {
    const [row] = await this.dataSource.query<{ id: string }[]>('SELECT id FROM session WHERE handle_hash = $1', [
      digest(handle),
    ]);
    const session = row ? await this.liveness.of(row.id) : null;
    if (!session?.live) throw new DomainError('session-token.invalid');
    return this.tokensOf(session, handle);
  }

  private tokensOf(session: LiveSession | null, renewalToken: string): IssuedTokens {
    // Another change may have ended it between the commit and here: the person signs in again.
    if (!session?.live) throw new DomainError('access-token.invalid');
    return { ...mintFor(session, this.accessTokens), renewalToken };
  }
}

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
  };
}
