import { Injectable } from '@nestjs/common';
import type { DomainEvent, EventsOf } from '@app/contracts';
import { InTransaction, type Tx } from '@app/platform';

/**
 * Ends every code, pending change and reset link of the account that is older than the change, and what other
 * accounts have pending on an address that was just proved. The version kills them already; this makes it seen.
 */
@Injectable()
export class VoidProofsConsumer {
  @InTransaction('account.void-proofs')
  async voidProofs(event: DomainEvent<EventsOf<'account.void-proofs'>>, tx: Tx): Promise<void> {
    const { accountId, credentialVersion, recipients } = event.data;
    const proved = event.name === 'account.email-changed.v1' ? event.data.newEmail : null;
    const addresses = recipients.map((recipient) => recipient.address);
    await tx.manager.query(VOID, [accountId, credentialVersion, proved, addresses]);
  }
}

const VOID = `
  WITH resets AS (
    DELETE FROM reset_token WHERE account_id = $1 AND credential_version < $2
  ), pending AS (
    DELETE FROM pending_email_change WHERE (account_id = $1 AND credential_version < $2) OR (account_id <> $1 AND new_email = $3)
  )
  UPDATE mailed_code SET ended_at = now()
  WHERE ended_at IS NULL AND ((account_id = $1 AND credential_version < $2)
    OR (account_id IS DISTINCT FROM $1 AND email = ANY($4)))`;
