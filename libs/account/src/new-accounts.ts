import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import type { Tx } from '@app/platform';
import { EmailClaims } from './email-claims';
import type { NewAccount } from './new-account';

interface InsertedRow {
  id: string;
  email: string;
  credential_version: number;
}

/** Puts accounts with their claims and events. However many they are, it takes the same few statements. */
@Injectable()
export class NewAccounts {
  constructor(private readonly claims: EmailClaims) {}

  /** Leaves those out whose address is somebody's or reserved. Resolves with the ids of the others by address. */
  async insert(tx: Tx, accounts: readonly NewAccount[]): Promise<Map<string, string>> {
    const rows = accounts.map(({ organisation, ...account }) => ({
      ...account,
      id: randomUUID(),
      organisationId: organisation?.id,
      organisationRole: organisation?.role,
    }));
    const inserted = await tx.manager.query<InsertedRow[]>(INSERT, [JSON.stringify(rows)]);
    const claimed = await this.claims.claimFree(tx, inserted);
    const created = inserted.filter(({ id }) => claimed.has(id));
    if (created.length < inserted.length) await tx.manager.query(DELETE_UNCLAIMED, [inserted.map(({ id }) => id)]);
    for (const { id, email, credential_version } of created) {
      tx.record('account.created.v1', {
        accountId: id,
        credentialVersion: credential_version,
        recipients: [],
        email,
      });
    }
    return new Map(created.map(({ email, id }) => [email, id]));
  }
}

// Sorted: two imports that share addresses wait for each other and never in a circle.
const INSERT = `
  INSERT INTO account (id, email, email_verified, password_hash, password_changed_at, plan, locale, display_name,
    organisation_id, organisation_role)
  SELECT id, email, "emailVerified", "passwordHash", CASE WHEN "passwordHash" IS NOT NULL THEN now() END, plan, locale,
    "displayName", "organisationId", "organisationRole"
  FROM jsonb_to_recordset($1) AS new (id uuid, email text, "emailVerified" boolean, "passwordHash" text, plan text,
    locale text, "displayName" text, "organisationId" text, "organisationRole" text)
  ORDER BY email
  ON CONFLICT (email) DO NOTHING
  RETURNING id, email, credential_version`;

const DELETE_UNCLAIMED = `
  DELETE FROM account a WHERE id = ANY($1) AND NOT EXISTS (SELECT 1 FROM email_claim c WHERE c.account_id = a.id)`;
