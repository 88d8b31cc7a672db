import type { MigrationInterface, QueryRunner } from 'typeorm';

/** How the changes of an account, and the mails to an address, are found to be erased: docs/adr/0010-deletion.md. */
export class PersonalTraces1790000010000 implements MigrationInterface {
  name = 'PersonalTraces1790000010000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE INDEX outbox_message_account ON outbox_message
      USING gin (jsonb_path_query_array(events, '$[*].data.accountId') jsonb_path_ops)`);
    await runner.query(`CREATE INDEX outbox_delivery_target ON outbox_delivery (target) WHERE target <> ''`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP INDEX outbox_delivery_target, outbox_message_account');
  }
}
