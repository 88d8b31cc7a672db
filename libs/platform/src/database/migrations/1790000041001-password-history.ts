import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Hashes of earlier passwords, the newest first. The index finds what a lower `PASSWORD_HISTORY` leaves over. */
export class PasswordHistory1790000041001 implements MigrationInterface {
  name = 'PasswordHistory1790000041001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE password_history (
        account_id uuid PRIMARY KEY REFERENCES account (id),
        hashes text[] NOT NULL
      )`);
    await runner.query('CREATE INDEX password_history_purge ON password_history (cardinality(hashes))');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE password_history');
  }
}
