import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The language in which a change of address was told. Without one it is the account's: changes before this. */
export class UndoLanguages1790000052000 implements MigrationInterface {
  name = 'UndoLanguages1790000052000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE undo_token ADD COLUMN locale text');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE undo_token DROP COLUMN locale');
  }
}
