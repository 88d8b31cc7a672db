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
    const rows = await this.dataSource.query<LiveSessionRow[]>(isOne ? LIVE : ALL_LIVE, isOne ? [...ids] : [ids]);
    const byId = new Map(rows.map((row) => [row.id, toLiveSession(row)]));
    return ids.map((each) => byId.get(each) ?? null);
  }
}

// Each column by name: an older process goes on when a migration adds one to the view.
export const LIVE_COLUMNS = `
  id, account_id, live, account_gone, password_change_only, application_id, authenticated_at, expires_at, now,
  email, email_verified, plan, locale, display_name, has_password, password_changed_at, created_at, credential_version,
  CASE WHEN pending_id IS NOT NULL THEN json_build_object('id', pending_id, 'newEmail', pending_new_email,
    'expiresAt', pending_expires_at, 'resendAfter', pending_resend_after) END AS pending`;

const LIVE = `SELECT ${LIVE_COLUMNS} FROM live_session WHERE id = $1`;
const ALL_LIVE = `SELECT ${LIVE_COLUMNS} FROM live_sessions($1)`;

export interface LiveSessionRow {
  id: string;
  account_id: string;
  live: boolean;
  account_gone: boolean;
  password_change_only: boolean;
  application_id: string | null;
  authenticated_at: Date;
  expires_at: Date;
  now: Date;
  email: string;
  email_verified: boolean;
  plan: string;
  locale: Locale;
  display_name: string | null;
  has_password: boolean;
  password_changed_at: Date | null;
  created_at: Date;
  credential_version: number;
  pending: { id: string; newEmail: string; expiresAt: string; resendAfter: string } | null;
}

export function toLiveSession(row: LiveSessionRow): LiveSession {
  return {
    id: row.id,
    accountId: row.account_id,
    live: row.live,
    accountGone: row.account_gone,
    passwordChangeOnly: row.password_change_only,
    applicationId: row.application_id,
    authenticatedAt: row.authenticated_at,
    expiresAt: row.expires_at,
    now: row.now,
    email: row.email,
    emailVerified: row.email_verified,
    plan: row.plan,
    locale: row.locale,
    displayName: row.display_name,
    hasPassword: row.has_password,
    passwordChangedAt: row.password_changed_at,
    createdAt: row.created_at,
    credentialVersion: row.credential_version,
    pendingEmailChange: row.pending && {
      ...row.pending,
      expiresAt: new Date(row.pending.expiresAt),
      resendAfter: new Date(row.pending.resendAfter),
    },
  };
}
