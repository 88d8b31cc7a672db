import type { MigrationInterface, QueryRunner } from 'typeorm';
import { ACCOUNT, PLATFORM, SESSION } from './1790000000000-init-tables';

/** The first schema. SQL that PostgreSQL 15 and the embedded database both know. */
export class Init1790000000000 implements MigrationInterface {
  name = 'Init1790000000000';

  async up(runner: QueryRunner): Promise<void> {
    for (const statement of [...ACCOUNT, ...SESSION, ...PLATFORM, ...LIVENESS]) await runner.query(statement);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP VIEW live_session');
    await runner.query(`DROP TABLE mailbox_message, guess_budget, idempotency_key, audit_event, outbox_delivery,
      outbox_message, service_client_secret, service_client, api_key, application, refresh_token, session, undo_token, reset_token,
      mailed_code, pending_email_change, email_claim, account`);
  }
}

const LIVENESS = [
  // All that a guarded request needs, in one round trip: is the session live, and what does `me` show.
  `CREATE VIEW live_session AS
    SELECT s.id, s.account_id, s.password_change_only, s.authenticated_at, s.expires_at, s.application_id,
      now() AS now,
      a.deleted_at IS NOT NULL AS account_gone,
      s.ended_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now()
        AND s.credential_version = a.credential_version AND NOT a.disabled AND a.deleted_at IS NULL AS live,
      a.email, a.email_verified, a.plan, a.locale, a.display_name, a.password_changed_at, a.created_at,
      a.credential_version, a.password_hash IS NOT NULL AS has_password,
      p.id AS pending_id, p.new_email AS pending_new_email, p.expires_at AS pending_expires_at,
      p.resend_after AS pending_resend_after
    FROM session s
    JOIN account a ON a.id = s.account_id
    LEFT JOIN pending_email_change p
      ON p.account_id = a.id AND p.credential_version = a.credential_version AND p.expires_at > now()`,
];
