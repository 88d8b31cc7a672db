import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Every change of address leaves a row, also one that cannot be undone; an undone address is found by its account. */
export class UndoChains1790000042000 implements MigrationInterface {
  name = 'UndoChains1790000042000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE undo_token ALTER COLUMN token_hash DROP NOT NULL');
    await runner.query(
      'CREATE INDEX undo_token_undone ON undo_token (account_id, replaced_email) WHERE ended_at IS NOT NULL',
    );
    await runner.query('DROP INDEX undo_token_purge');
    await runner.query('CREATE INDEX undo_token_purge ON undo_token (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX undo_token_undone, undo_token_purge');
    await runner.query('CREATE INDEX undo_token_purge ON undo_token (least(ended_at, expires_at))');
    await runner.query('DELETE FROM undo_token WHERE token_hash IS NULL');
    await runner.query('ALTER TABLE undo_token ALTER COLUMN token_hash SET NOT NULL');
  }
}
