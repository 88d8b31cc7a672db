import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The reuse of a session's spent tokens is told once, also when the session has ended before. */
export class ReuseTold1790000046000 implements MigrationInterface {
  name = 'ReuseTold1790000046000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE session ADD COLUMN reuse_told boolean NOT NULL DEFAULT false');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE session DROP COLUMN reuse_told');
  }
}
