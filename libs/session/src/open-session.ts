import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Requester } from '@app/contracts';
import { type Clauses, digest, type Given, randomToken, Settings, statement } from '@app/platform';
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

  /** By a statement of its own, unless `commit` sends it with others. */
  async execute(
    account: ProvedAccount,
    kind: SessionKind,
    requester: Requester,
    commit = (write: Clauses): Promise<unknown> => this.writeAlone(write),
  ): Promise<IssuedTokens> {
    const sessionId = randomUUID();
    const renewalToken = kind.renewal === 'none' ? null : randomToken();
    const hash = renewalToken === null ? null : digest(renewalToken);
    const session = {
      id: sessionId,
      account_id: account.accountId,
      credential_version: account.credentialVersion,
      listed: kind.listed,
      password_change_only: account.passwordChangeOnly,
      handle_hash: kind.renewal === 'handle' ? hash : null,
      application_id: kind.applicationId ?? null,
      user_agent: requester.userAgent,
      device: requester.device,
      ip: requester.ip,
    };
    const seconds = {
      idle: this.settings.sessionIdleSeconds,
      most: kind.maxSeconds ?? this.settings.sessionMaxSeconds,
    };
    const leaf = kind.renewal === 'refresh-token' ? hash : null;
    const row = await commit({ clauses: (given) => insert(given, { session, seconds, leaf }), answer: OPENED });
    return { ...this.mint(account, sessionId, kind, row as OpenedRow), renewalToken };
  }

  private async writeAlone({ clauses, answer }: Clauses): Promise<unknown> {
    const [row] = await this.dataSource.query<[OpenedRow]>(...statement((given) => `WITH ${clauses(given)} ${answer}`));
    return row;
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

interface NewSession {
  session: Record<string, unknown>;
  seconds: { idle: number; most: number };
  /** The digest of its first refresh token; `null` for a session without. */
  leaf: Buffer | null;
}

function insert(given: Given, { session, seconds, leaf }: NewSession): string {
  const most = `make_interval(secs => ${given(seconds.most)})`;
  return `opened AS (
    INSERT INTO session (${Object.keys(session).join(', ')}, idle_expires_at, expires_at)
    VALUES (${Object.values(session).map(given).join(', ')},
      now() + least(make_interval(secs => ${given(seconds.idle)}), ${most}), now() + ${most})
    RETURNING id, authenticated_at, expires_at
  ), leaf AS (
    INSERT INTO refresh_token (token_hash, session_id)
    SELECT token_hash, id FROM opened CROSS JOIN (SELECT ${given(leaf)}::bytea AS token_hash) AS given WHERE token_hash IS NOT NULL
  )`;
}

const OPENED = 'SELECT now() AS now, authenticated_at, expires_at FROM opened';
