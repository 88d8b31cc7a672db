import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the few rows that are over are found in tables that grow: docs/retention.md. */
export class Retention1790000030000 implements MigrationInterface {
  name = 'Retention1790000030000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(
      `CREATE INDEX outbox_delivery_purge ON outbox_delivery (finished_at) WHERE status IN ('done', 'parked')`,
    );
    await runner.query(
      'CREATE INDEX email_claim_purge ON email_claim (reserved_until) WHERE reserved_until IS NOT NULL',
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_delivery_purge, email_claim_purge');
  }
}
