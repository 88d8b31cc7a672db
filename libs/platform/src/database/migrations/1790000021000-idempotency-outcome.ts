import type { MigrationInterface, QueryRunner } from 'typeorm';

/** What came of a request with an `Idempotency-Key`, sealed, and who holds the key meanwhile: docs/adr/0012-idempotency-key.md. */
export class IdempotencyOutcome1790000021000 implements MigrationInterface {
  name = 'IdempotencyOutcome1790000021000';

  async up(runner: QueryRunner): Promise<void> {
    // Nothing has written a row before.
    await runner.query(`ALTER TABLE idempotency_key DROP COLUMN response,
      ADD COLUMN lease uuid NOT NULL, ADD COLUMN outcome bytea`);
    await runner.query('CREATE INDEX idempotency_key_purge ON idempotency_key (created_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX idempotency_key_purge');
    await runner.query('ALTER TABLE idempotency_key DROP COLUMN outcome, DROP COLUMN lease, ADD COLUMN response jsonb');
  }
}
