import type { Tx } from '@app/platform';

/** What an operator knows of the time between a backup and its restore; see docs/runbook.md. */
export interface RestoredAccountsChoice {
  undoLinks: 'keep' | 'end';
  /** `reset`: everybody's; `keep`: those of `changedIds` alone are to be reset. */
  passwords: 'keep' | 'reset';
  /** Accounts whose password or address was changed since the backup. */
  changedIds: readonly string[];
}

/** As many changes as no account has had since a backup: versions must not come again (ADR 0016). */
const VERSIONS = 1_000_000;

/**
 * Makes what a restored backup says of accounts older than anything that was given out: every code, pending change,
 * reset link and "not me" link ends, and each version rises. Resolves with the number of accounts, and of them that
 * nobody signs in to before a reset.
 */
export async function outdateRestoredAccounts(
  tx: Tx,
  { undoLinks, passwords, changedIds }: RestoredAccountsChoice,
): Promise<{ accounts: number; toBeReset: number }> {
  const [counts] = await tx.manager.query<[{ accounts: number; toBeReset: number }]>(RAISE, [
    VERSIONS,
    passwords === 'reset',
    changedIds,
  ]);
  await tx.manager.query('UPDATE mailed_code SET ended_at = now() WHERE ended_at IS NULL');
  for (const table of ['pending_email_change', 'reset_token', 'not_me_token']) {
    await tx.manager.query(`DELETE FROM ${table}`);
  }
  if (undoLinks === 'end') await tx.manager.query(END_UNDO_LINKS);
  return counts;
}

/** Every key of every account. */
export async function revokeEveryApiKey(tx: Tx): Promise<void> {
  await tx.manager.query('UPDATE api_key SET revoked_at = now() WHERE revoked_at IS NULL');
}

const RAISE = `
  WITH raised AS (
    UPDATE account SET credential_version = credential_version + $1,
      password_reset_required = password_reset_required OR $2 OR id = ANY($3::uuid[])
    WHERE deleted_at IS NULL RETURNING password_reset_required
  )
  SELECT count(*)::int AS accounts, count(*) FILTER (WHERE password_reset_required)::int AS "toBeReset" FROM raised`;

// By what is no digest, being too short: the row goes on to reserve the address, and to keep resets from an address
// that nobody proved (L-7), but no mail that is retried by hand gives it a link again (`EmailUndos.renew`).
const END_UNDO_LINKS = `
  UPDATE undo_token SET token_hash = uuid_send(gen_random_uuid())
  WHERE token_hash IS NOT NULL AND ended_at IS NULL`;
