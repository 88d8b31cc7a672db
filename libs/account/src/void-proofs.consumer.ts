import { Injectable } from '@nestjs/common';
import type { DomainEvent, EventsOf } from '@app/contracts';
import { InTransaction, type Tx } from '@app/platform';

type VoidingEvent = DomainEvent<EventsOf<'account.void-proofs'>>;

/**
 * Ends every code, pending change and reset link of the account that is older than the change, and what other
 * accounts have pending on an address that was just proved. The version kills them already; this makes it seen.
 */
@Injectable()
export class VoidProofsConsumer {
  @InTransaction('account.void-proofs')
  async voidProofs(event: VoidingEvent, tx: Tx): Promise<void> {
    const { accountId, credentialVersion, recipients } = event.data;
    const proved = event.name === 'account.email-changed.v1' ? event.data.newEmail : null;
    const addresses = recipients.map((recipient) => recipient.address);
    await tx.manager.query(VOID, [accountId, credentialVersion, proved, addresses, endsNotMe(event)]);
  }
}

/** "This was not me" stays open while only the password changes, and while somebody else keeps the account shut. */
function endsNotMe({ name, data }: VoidingEvent): boolean {
  if (name === 'account.password-changed.v1') return data.by !== 'change';
  return name !== 'account.password-change-required.v1' && name !== 'account.disabled.v1';
}

const VOID = `
  WITH resets AS (
    DELETE FROM reset_token WHERE account_id = $1 AND credential_version < $2
  ), not_me AS (
    DELETE FROM not_me_token WHERE account_id = $1 AND credential_version < $2 AND $5
  ), pending AS (
    DELETE FROM pending_email_change WHERE (account_id = $1 AND credential_version < $2) OR (account_id <> $1 AND new_email = $3)
  )
  UPDATE mailed_code SET ended_at = now()
  WHERE ended_at IS NULL AND ((account_id = $1 AND credential_version < $2)
    OR (account_id IS DISTINCT FROM $1 AND email = ANY($4)))`;
