import type { MigrationInterface, QueryRunner } from 'typeorm';

/** Tokens of services that were revoked one by one (RFC 7009), by the id that is signed into them. */
export class RevokedServiceTokens1790000015000 implements MigrationInterface {
  name = 'RevokedServiceTokens1790000015000';

  async up(runner: QueryRunner): Promise<void> {
    await runner.query(`CREATE TABLE revoked_service_token (
      jti text PRIMARY KEY,
      expires_at timestamptz NOT NULL
    )`);
  }

  async down(runner: QueryRunner): Promise<void> {
    await runner.query('DROP TABLE revoked_service_token');
  }
}
