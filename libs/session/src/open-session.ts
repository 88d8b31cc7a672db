import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Requester } from '@app/contracts';
import { digest, randomToken, Settings } from '@app/platform';
import { AccessTokens } from './access-token';

/** Whom a session is for. The version is the one that was checked: a change made since leaves it dead. */
export interface ProvedAccount {
  accountId: string;
  credentialVersion: number;
  passwordChangeOnly: boolean;
}

/** What keeps a session going besides its access token. */
export interface SessionKind {
  /** `refresh-token`: rotated on use. `handle`: not rotated. `none`: the access token is all there is. */
  renewal: 'refresh-token' | 'handle' | 'none';
  /** The session's absolute life in seconds; `SESSION_MAX_SECONDS` when not given. */
  maxSeconds?: number;
  /** Shown in the list of sessions. */
  listed: boolean;
  applicationId?: string;
}

export interface IssuedTokens {
  accountId: string;
  sessionId: string;
  accessToken: string;
  accessTokenExpiresAt: Date;
  /** Seconds. */
  expiresIn: number;
  /** The refresh token or the handle, by the session's kind. */
  renewalToken: string | null;
  sessionExpiresAt: Date;
  /** The tokens are good for nothing but a change of password. */
  passwordChangeRequired: boolean;
}

interface OpenedRow {
  now: Date;
  authenticated_at: Date;
  expires_at: Date;
}

@Injectable()
export class OpenSession {
  constructor(
    private readonly dataSource: DataSource,
    private readonly settings: Settings,
    private readonly accessTokens: AccessTokens,
  ) {}

  async execute(account: ProvedAccount, kind: SessionKind, requester: Requester): Promise<IssuedTokens> {
    const sessionId = randomUUID();
    const renewalToken = kind.renewal === 'none' ? null : randomToken();
    const hash = renewalToken === null ? null : digest(renewalToken);
    const [row] = await this.dataSource.query<OpenedRow[]>(INSERT, [
      sessionId,
      account.accountId,
      account.credentialVersion,
      kind.listed,
      account.passwordChangeOnly,
      kind.renewal === 'handle' ? hash : null,
      kind.applicationId ?? null,
      requester.userAgent,
      requester.device,
      requester.ip,
      this.settings.sessionIdleSeconds,
      kind.maxSeconds ?? this.settings.sessionMaxSeconds,
      kind.renewal === 'refresh-token' ? hash : null,
    ]);
    if (!row) throw new Error('A session was inserted without a row.');
    return { ...this.mint(account, sessionId, kind, row), renewalToken };
  }

  private mint(
    { accountId, passwordChangeOnly }: ProvedAccount,
    sessionId: string,
    kind: SessionKind,
    row: OpenedRow,
  ): Omit<IssuedTokens, 'renewalToken'> {
    const { accessToken, expiresAt, expiresIn } = this.accessTokens.mint({
      accountId,
      sessionId,
      applicationId: kind.applicationId ?? null,
      authenticatedAt: row.authenticated_at,
      expiresAt: row.expires_at,
      now: row.now,
    });
    return {
      accountId,
      sessionId,
      accessToken,
      accessTokenExpiresAt: expiresAt,
      expiresIn,
      sessionExpiresAt: row.expires_at,
      passwordChangeRequired: passwordChangeOnly,
    };
  }
}

const INSERT = `
  WITH opened AS (
    INSERT INTO session (id, account_id, credential_version, listed, password_change_only, handle_hash,
      application_id, user_agent, device, ip, idle_expires_at, expires_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
      now() + least(make_interval(secs => $11), make_interval(secs => $12)), now() + make_interval(secs => $12))
    RETURNING id, authenticated_at, expires_at
  ), leaf AS (
    INSERT INTO refresh_token (token_hash, session_id) SELECT $13::bytea, id FROM opened WHERE $13::bytea IS NOT NULL
  )
  SELECT now() AS now, authenticated_at, expires_at FROM opened`;
