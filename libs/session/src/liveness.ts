import { Injectable } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Locale } from '@app/contracts';
import { askedTogether } from './asked-together';
import { isUuid } from './uuid';

/** A session as the database sees it at this moment, with all that `me` shows of its account. */
export interface LiveSession {
  id: string;
  accountId: string;
  /** Neither ended nor expired, no change of credentials since, and opened by no application that was revoked. */
  live: boolean;
  accountGone: boolean;
  passwordChangeOnly: boolean;
  applicationId: string | null;
  authenticatedAt: Date;
  expiresAt: Date;
  /** The database's clock. */
  now: Date;
  email: string;
  emailVerified: boolean;
  plan: string;
  locale: Locale;
  displayName: string | null;
  hasPassword: boolean;
  passwordChangedAt: Date | null;
  createdAt: Date;
  credentialVersion: number;
  pendingEmailChange: { id: string; newEmail: string; expiresAt: Date; resendAfter: Date } | null;
}

/** Asks the source of truth on every call: no result is ever kept. */
@Injectable()
export class Liveness {
  private readonly ask = askedTogether((ids: readonly string[]) => this.load(ids));

  constructor(private readonly dataSource: DataSource) {}

  /** `null` when there is no such session. Rejects when the database can't answer: never a pass. */
  async of(sessionId: string): Promise<LiveSession | null> {
    return isUuid(sessionId) ? this.ask(sessionId) : null;
  }

  private async load(ids: readonly string[]): Promise<(LiveSession | null)[]> {
    // PostgreSQL keeps the plan for one of itself; the function that keeps it for many costs as much as the rest.
    const isOne = ids.length === 1;
    const rows = await this.dataSource.query<{ session: LiveSessionJson }[]>(
      isOne ? LIVE : ALL_LIVE,
      isOne ? [...ids] : [ids],
    );
    const byId = new Map(rows.map(({ session }) => [session.id, toLiveSession(session)]));
    return ids.map((each) => byId.get(each) ?? null);
  }
}

// As one value: the driver takes longer for a row of nineteen than PostgreSQL to find it.
const LIVE = `SELECT row_to_json(live_session) AS session FROM live_session WHERE id = $1`;
const ALL_LIVE = `SELECT row_to_json(l) AS session FROM live_sessions($1) l`;

/** A row of the view `live_session`; times are texts with their offset. */
export interface LiveSessionJson {
  id: string;
  account_id: string;
  live: boolean;
  account_gone: boolean;
  password_change_only: boolean;
  application_id: string | null;
  authenticated_at: string;
  expires_at: string;
  now: string;
  email: string;
  email_verified: boolean;
  plan: string;
  locale: Locale;
  display_name: string | null;
  has_password: boolean;
  password_changed_at: string | null;
  created_at: string;
  credential_version: number;
  pending_id: string | null;
  pending_new_email: string;
  pending_expires_at: string;
  pending_resend_after: string;
}

export function toLiveSession(row: LiveSessionJson): LiveSession {
  return {
    id: row.id,
    accountId: row.account_id,
    live: row.live,
    accountGone: row.account_gone,
    passwordChangeOnly: row.password_change_only,
    applicationId: row.application_id,
    authenticatedAt: new Date(row.authenticated_at),
    expiresAt: new Date(row.expires_at),
    now: new Date(row.now),
    email: row.email,
    emailVerified: row.email_verified,
    plan: row.plan,
    locale: row.locale,
    displayName: row.display_name,
    hasPassword: row.has_password,
    passwordChangedAt: row.password_changed_at === null ? null : new Date(row.password_changed_at),
    createdAt: new Date(row.created_at),
    credentialVersion: row.credential_version,
    pendingEmailChange: pendingOf(row),
  };
}

function pendingOf(row: LiveSessionJson): LiveSession['pendingEmailChange'] {
  if (row.pending_id === null) return null;
  return {
    id: row.pending_id,
    newEmail: row.pending_new_email,
    expiresAt: new Date(row.pending_expires_at),
    resendAfter: new Date(row.pending_resend_after),
  };
}
