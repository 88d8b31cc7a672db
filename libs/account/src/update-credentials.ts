import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { Settings, type Tx, UnitOfWork } from '@app/platform';
import type { LiveAccount, SeenAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import type { DirectChangePolicy } from './change-policy';
import { contextOf } from './change-password';
import { CredentialChanges } from './credential-changes';
import { EmailAddress } from './email-address';
import { MailedCodes } from './mailed-codes';
import { type HashedPassword, NewPasswords, type PasswordCandidate } from './new-passwords';
import { OwnPasswordTries } from './own-password-tries';
import type { PasswordPolicy } from './password-policy';
import { requirePlan } from './require-plan';
import { TakenAddresses } from './taken-addresses';

export interface UpdateCredentialsCommand {
  accountId: string;
  /** The account's version when the token was judged: nothing else proves the asker, so a change since then wins. */
  credentialVersion: number;
  newEmail?: string;
  newPassword?: string;
  /** How long ago the password was proved, in seconds, by the database's clock. */
  signInAgeSeconds: number;
  /** The sign-in is one that must change its password first. */
  passwordChangeOnly: boolean;
}

interface PlannedUpdate {
  email: EmailAddress | null;
  password: HashedPassword | null;
}

/**
 * Changes e-mail, password or both at once, in one transaction, without the old password and without a code.
 * What stands in their place: a fresh sign-in, the alert to the old address, and its undo.
 */
@Injectable()
export class UpdateCredentials {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly changes: CredentialChanges,
    private readonly codes: MailedCodes,
    private readonly newPasswords: NewPasswords,
    private readonly tries: OwnPasswordTries,
    private readonly taken: TakenAddresses,
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: Settings,
  ) {}

  /**
   * @throws DomainError `account.gone`, `account.changed-meanwhile`, `plan.too-low`, `change.empty`,
   * `access-token.restricted`, `email.invalid`, `sign-in.not-fresh`, `password.too-weak`, `request.too-many`,
   * `password.too-many-tries`, `password.unchanged`, `email.unavailable`; in this order, and at the end
   * `account.changed-meanwhile` again.
   */
  async execute(command: UpdateCredentialsCommand, policy: DirectChangePolicy, requester: Requester): Promise<void> {
    const account = await this.accounts.getWithHash(command.accountId);
    if (account.credentialVersion !== command.credentialVersion) throw new DomainError('account.changed-meanwhile');
    requirePlan(account.plan, policy.minimumPlan);
    requireAllowed(command);
    const email = newAddressOf(account, command.newEmail);
    if (email === null && command.newPassword === undefined) return;
    if (command.signInAgeSeconds > this.settings.stepUpMaxAgeSeconds) throw new DomainError('sign-in.not-fresh');
    const candidate = this.candidateOf(account, command.newPassword, email, policy.password);
    const apply = (password: HashedPassword | null) =>
      this.unitOfWork.run(requester, (tx) => this.apply(tx, account, { email, password }));
    const change = async () => {
      if (!candidate) return apply(null);
      // Inside: beside a taken address a wrong guess would be free.
      return this.tries.during({ door: 'session', accountId: account.id, requester }, async () =>
        apply(await this.newPasswords.hash(candidate)),
      );
    };
    await (email ? this.taken.during({ accountId: account.id, email: email.value, requester }, change) : change());
  }

  private candidateOf(
    account: SeenAccount,
    newPassword: string | undefined,
    email: EmailAddress | null,
    policy: PasswordPolicy,
  ): PasswordCandidate | null {
    if (newPassword === undefined) return null;
    const context = contextOf(account, ...(email ? [email.value] : []));
    return { account, password: this.newPasswords.parse(newPassword, policy, context), policy };
  }

  private async apply(tx: Tx, seen: LiveAccount, { email, password }: PlannedUpdate): Promise<void> {
    let account = seen;
    if (email) {
      const swap = { email: email.value, emailVerified: false, keepSessionId: null };
      account = await this.changes.swapEmail(tx, account, swap);
    }
    if (password) account = await this.swapPassword(tx, account, seen, password);
    if (email) await this.codes.mailVerification(tx, account);
  }

  /** When both change, the address that was just left is told of the password too. */
  private swapPassword(tx: Tx, account: LiveAccount, seen: LiveAccount, password: HashedPassword) {
    const left =
      account.email === seen.email ? [] : [{ address: seen.email, locale: seen.locale, role: 'old' as const }];
    return this.changes.swapPassword(tx, account, {
      password,
      by: 'change',
      keepSessionId: null,
      alsoTell: left,
    });
  }
}

function requireAllowed({ newEmail, newPassword, passwordChangeOnly }: UpdateCredentialsCommand): void {
  if (newEmail === undefined && newPassword === undefined) throw new DomainError('change.empty');
  if (newEmail !== undefined && passwordChangeOnly) throw new DomainError('access-token.restricted');
}

/** `null` when there is none, or it is the account's own in another spelling. */
function newAddressOf(account: LiveAccount, text: string | undefined): EmailAddress | null {
  if (text === undefined) return null;
  const email = EmailAddress.parse(text);
  return email.value === account.email ? null : email;
}
