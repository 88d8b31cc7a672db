import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the log is read by the service that acted; that of an account has its index already. */
export class AuditByService1790000020000 implements MigrationInterface {
  name = 'AuditByService1790000020000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX audit_event_service ON audit_event ((requester #>> '{actor,clientId}'), id DESC)
      WHERE requester #>> '{actor,clientId}' IS NOT NULL`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX audit_event_service');
  }
}
