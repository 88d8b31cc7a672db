import type { MigrationInterface, QueryRunner } from 'typeorm';

/** A session that an application has opened ends with the application. */
export class SessionsOfApplications1790000040000 implements MigrationInterface {
  name = 'SessionsOfApplications1790000040000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(viewOf('LEFT JOIN application o ON o.client_id = s.application_id', 'AND o.revoked_at IS NULL'));
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(viewOf());
  }
}

/** As the first schema has it, but for what is given. */
function viewOf(opener = '', isOpen = ''): string {
  return `CREATE OR REPLACE VIEW live_session AS
    SELECT s.id, s.account_id, s.password_change_only, s.authenticated_at, s.expires_at, s.application_id,
      now() AS now,
      a.deleted_at IS NOT NULL AS account_gone,
      s.ended_at IS NULL AND s.expires_at > now() AND s.idle_expires_at > now()
        AND s.credential_version = a.credential_version AND NOT a.disabled AND a.deleted_at IS NULL ${isOpen} AS live,
      a.email, a.email_verified, a.plan, a.locale, a.display_name, a.password_changed_at, a.created_at,
      a.credential_version, a.password_hash IS NOT NULL AS has_password,
      p.id AS pending_id, p.new_email AS pending_new_email, p.expires_at AS pending_expires_at,
      p.resend_after AS pending_resend_after
    FROM session s
    JOIN account a ON a.id = s.account_id
    ${opener}
    LEFT JOIN pending_email_change p
      ON p.account_id = a.id AND p.credential_version = a.credential_version AND p.expires_at > now()`;
}
