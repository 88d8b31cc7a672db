import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { type EmailUndo, EmailUndos } from './email-undos';
import { PasswordResets } from './password-resets';
import { recipientOf, recipientsOf } from './recipient-of';

/**
 * The old mailbox takes the account back: its address is restored whatever was changed since, everything that
 * anybody holds is dead, and the only way in is a reset that is mailed to it.
 */
@Injectable()
export class UndoEmailChange {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly undos: EmailUndos,
    private readonly resets: PasswordResets,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** What the link would do, both addresses masked; changes nothing. @throws DomainError `link.invalid` */
  async preview(token: string): Promise<{ restores: string; replaces: string | null }> {
    const { accountId, restoresEmail } = await this.undos.find(token);
    const account = await this.accounts.find(accountId);
    if (!account) throw new DomainError('link.invalid');
    const replaces = account.email === restoresEmail ? null : masked(account.email);
    return { restores: masked(restoresEmail), replaces };
  }

  /** @throws DomainError `link.invalid` */
  async execute(token: string, requester: Requester): Promise<{ email: string }> {
    const undo = await this.undos.find(token);
    await this.unitOfWork.run(requester, (tx) => this.restore(tx, undo));
    return { email: undo.restoresEmail };
  }

  private async restore(tx: Tx, undo: EmailUndo): Promise<void> {
    // Held first: whatever a thief changes at this moment comes before it and is undone, or is refused after it.
    const seen = await this.accounts.hold(tx, undo.accountId);
    if (!seen) throw new DomainError('link.invalid');
    const { undone, earlier } = await this.undos.spend(tx, undo);
    const account = await this.accounts.swap(tx, seen, {
      email: undo.restoresEmail,
      emailVerified: true,
      passwordResetRequired: true,
    });
    await this.claims.claim(tx, account.email, account.id);
    await this.claims.reserveLeft(tx, account.id, account.email);
    const canReset = !account.disabled;
    tx.record('account.email-change-undone.v1', {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      recipients: [recipientOf(account), ...recipientsOf('old', undone), ...recipientsOf('earlier', earlier)],
      restoredEmail: account.email,
      replacedEmail: seen.email === account.email ? undo.replacedEmail : seen.email,
      canReset,
    });
    if (canReset) await this.resets.mail(tx, account, { onlyWayIn: true });
  }
}

const masked = (email: string): string => EmailAddress.parse(email).masked();
