import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { type Tx, UnitOfWork } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import type { ChangeOutcome } from './change-password';
import { CredentialChanges } from './credential-changes';
import { EmailAddress } from './email-address';
import { type CodeAttempt, MailedCodes } from './mailed-codes';
import { PendingEmailChanges } from './pending-email-changes';
import { bindingOf } from './start-email-change';

export interface ConfirmEmailChangeCommand {
  accountId: string;
  code: string;
  keepSessionId: string | null;
}

export interface ChangeEmailByCodeCommand {
  accountId: string;
  newEmail: string;
  code: string;
  applicationId: string;
}

/** Puts a new address into force on the strength of the code that was mailed to it. */
@Injectable()
export class ChangeEmailByCode {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly pendings: PendingEmailChanges,
    private readonly codes: MailedCodes,
    private readonly changes: CredentialChanges,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /**
   * The change that the account itself has asked for.
   * @throws DomainError `code.invalid`, `email.unavailable` (only after a right code), `account.changed-meanwhile`
   */
  async confirm(command: ConfirmEmailChangeCommand, requester: Requester): Promise<ChangeOutcome & { email: string }> {
    const account = await this.accounts.getWithHash(command.accountId);
    const pending = await this.pendings.find(account);
    if (!pending) throw new DomainError('code.invalid');
    const binding = bindingOf(account, pending.newEmail);
    const attempt = { binding, code: command.code, triedBy: { accountId: account.id } };
    const outcome = await this.change(account, attempt, command.keepSessionId, requester);
    return { ...outcome, email: pending.newEmail };
  }

  /**
   * To an address that was proved by a code which anybody may have asked for.
   * @throws DomainError `email.invalid`, `code.invalid`, `email.unavailable` (only after a right code; the
   * account's own address too), `account.changed-meanwhile`
   */
  async execute(command: ChangeEmailByCodeCommand, requester: Requester): Promise<void> {
    const account = await this.accounts.getWithHash(command.accountId);
    const email = EmailAddress.parse(command.newEmail).value;
    const binding = { purpose: 'address-proof' as const, email, accountId: null, applicationId: command.applicationId };
    await this.change(account, { binding, code: command.code, triedBy: { accountId: account.id } }, null, requester);
  }

  private async change(
    account: LiveAccount,
    attempt: CodeAttempt,
    keepSessionId: string | null,
    requester: Requester,
  ): Promise<ChangeOutcome> {
    const { reports } = await this.codes.onProof(attempt, requester, async () => {
      if (attempt.binding.email === account.email) throw new DomainError('email.unavailable');
      return this.unitOfWork.run(requester, (tx) => this.swap(tx, account, attempt, keepSessionId));
    });
    return { sessionsEnded: reports.sessionsEnded ?? 0, keptSessionId: reports.keptSessionId ?? null };
  }

  private async swap(tx: Tx, account: LiveAccount, attempt: CodeAttempt, keepSessionId: string | null): Promise<void> {
    const { email, purpose } = attempt.binding;
    // The address first: who waits for another account's claim to it must not hold a code or a pending change that
    // this claim is about to void, or both wait for each other.
    await this.changes.swapEmail(tx, account, { email, emailVerified: true, keepSessionId });
    if (purpose === 'email-change') await this.takePending(tx, account);
    await this.codes.spend(tx, attempt);
  }

  /** Whoever removes the pending change decides: a cancel that was answered first wins. */
  private async takePending(tx: Tx, account: LiveAccount): Promise<void> {
    if (!(await this.pendings.remove(tx, account))) throw new DomainError('code.invalid');
  }
}
