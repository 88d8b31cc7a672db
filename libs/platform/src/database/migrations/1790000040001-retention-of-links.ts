import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How codes and links that are over are found: docs/retention.md. `least` passes over what is NULL. */
export class RetentionOfLinks1790000040001 implements MigrationInterface {
  name = 'RetentionOfLinks1790000040001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('CREATE INDEX mailed_code_purge ON mailed_code (least(ended_at, expires_at))');
    await runner.query('CREATE INDEX undo_token_purge ON undo_token (least(ended_at, expires_at))');
    await runner.query('CREATE INDEX reset_token_purge ON reset_token (expires_at)');
    await runner.query('CREATE INDEX pending_email_change_purge ON pending_email_change (expires_at)');
    await runner.query('CREATE INDEX revoked_service_token_purge ON revoked_service_token (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query(`DROP INDEX mailed_code_purge, undo_token_purge, reset_token_purge, pending_email_change_purge,
      revoked_service_token_purge`);
  }
}
