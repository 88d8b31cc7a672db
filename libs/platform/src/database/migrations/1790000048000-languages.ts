import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Which languages there are is said once, in the contracts: here it only has to be a language tag. */
export class Languages1790000048000 implements MigrationInterface {
  name = 'Languages1790000048000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`ALTER TABLE account DROP CONSTRAINT account_locale_check,
      ADD CONSTRAINT account_locale_check CHECK (locale ~ '^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$')`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query("UPDATE account SET locale = 'en' WHERE locale NOT IN ('en', 'zh')");
    await runner.query(`ALTER TABLE account DROP CONSTRAINT account_locale_check,
      ADD CONSTRAINT account_locale_check CHECK (locale IN ('en', 'zh'))`);
  }
}
