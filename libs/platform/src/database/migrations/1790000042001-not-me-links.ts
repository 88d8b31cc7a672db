import type { MigrationInterface, QueryRunner } from 'typeorm';

/** The links in mails about a new password: "this was not me". */
export class NotMeLinks1790000042001 implements MigrationInterface {
  name = 'NotMeLinks1790000042001';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`
      CREATE TABLE not_me_token (
        token_hash bytea PRIMARY KEY,
        account_id uuid NOT NULL REFERENCES account (id),
        credential_version integer NOT NULL,
        created_at timestamptz NOT NULL DEFAULT now(),
        expires_at timestamptz NOT NULL
      )`);
    await runner.query('CREATE INDEX not_me_token_account ON not_me_token (account_id)');
    await runner.query('CREATE INDEX not_me_token_purge ON not_me_token (expires_at)');
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE not_me_token');
  }
}
