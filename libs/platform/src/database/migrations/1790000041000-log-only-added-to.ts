import type { MigrationInterface, QueryRunner } from 'typeorm';

/**
 * Whoever is not its owner may only add to the log, and empty `requester` where a deleted account asks for it
 * (docs/adr/0010-deletion.md). Takes away what default privileges have given, whatever the role is called.
 */
export class LogOnlyAddedTo1790000041000 implements MigrationInterface {
  name = 'LogOnlyAddedTo1790000041000';

  async up(runner: QueryRunner): Promise<void> {
    await this.forOthers(
      runner,
      `REVOKE UPDATE, DELETE, TRUNCATE ON audit_event FROM %1$s; GRANT UPDATE (requester) ON audit_event TO %1$s`,
    );
  }

  async down(runner: QueryRunner): Promise<void> {
    await this.forOthers(runner, `GRANT UPDATE, DELETE ON audit_event TO %1$s`);
  }

  /** For each role besides the owner that may add to the log. */
  private async forOthers(runner: QueryRunner, statements: string): Promise<void> {
    await runner.query(`
      DO $$
      DECLARE other text;
      BEGIN
        FOR other IN
          SELECT CASE grantee WHEN 0 THEN 'PUBLIC' ELSE grantee::regrole::text END
          FROM pg_class, aclexplode(relacl)
          WHERE oid = 'audit_event'::regclass AND grantee <> relowner AND privilege_type = 'INSERT'
        LOOP
          EXECUTE format('${statements}', other);
        END LOOP;
      END $$`);
  }
}
