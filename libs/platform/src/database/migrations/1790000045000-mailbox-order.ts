import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The order of mails that were sent within one tick of the clock. */
export class MailboxOrder1790000045000 implements MigrationInterface {
  name = 'MailboxOrder1790000045000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mailbox_message ADD COLUMN position bigint GENERATED ALWAYS AS IDENTITY');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('ALTER TABLE mailbox_message DROP COLUMN position');
  }
}
