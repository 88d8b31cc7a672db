import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { DomainError, type Locale, type Requester } from '@app/contracts';
import { importedHash, isSupportedHash, PasswordHasher, type Tx, UnitOfWork } from '@app/platform';
import { Account, type LiveAccount, type Plan } from './account.entity';
import { AccountRepository } from './account.repository';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { NewPassword } from './new-password';
import { ANY_PASSWORD } from './password-policy';

export interface CreateAccountCommand {
  email: string;
  /** In clear or as a bcrypt hash, not both; neither leaves an account without a password. */
  password?: string;
  passwordHash?: string;
  emailVerified?: boolean;
  plan?: Plan;
  locale?: Locale;
  displayName?: string;
  organisation?: { id: string; role: 'owner' | 'member' };
}

@Injectable()
export class CreateAccount {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly hasher: PasswordHasher,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `email.invalid`, `email.unavailable`, `password.too-weak`, `password-hash.unsupported` */
  async execute(command: CreateAccountCommand, requester: Requester): Promise<LiveAccount> {
    const email = EmailAddress.parse(command.email);
    const passwordHash = await this.hashOf(command);
    const { result } = await this.unitOfWork.run(requester, (tx) => this.insert(tx, command, email, passwordHash));
    return result;
  }

  private async hashOf({ password, passwordHash }: CreateAccountCommand): Promise<string | null> {
    if (passwordHash !== undefined) {
      if (!isSupportedHash(passwordHash)) throw new DomainError('password-hash.unsupported');
      return importedHash(passwordHash);
    }
    if (password === undefined) return null;
    // The caller's own sign-up decides which passwords it takes; here it must only be storable.
    const parsed = NewPassword.parse(password, ANY_PASSWORD, { addresses: [], displayName: null });
    return this.hasher.hash(parsed.value);
  }

  private async insert(tx: Tx, command: CreateAccountCommand, email: EmailAddress, passwordHash: string | null) {
    const id = randomUUID();
    await tx.manager.insert(Account, {
      id,
      email: email.value,
      emailVerified: command.emailVerified ?? false,
      passwordHash,
      passwordChangedAt: passwordHash === null ? null : () => 'now()',
      plan: command.plan ?? 'PERSONAL',
      locale: command.locale ?? 'en',
      displayName: command.displayName ?? null,
      organisationId: command.organisation?.id ?? null,
      organisationRole: command.organisation?.role ?? null,
    });
    await this.claims.claim(tx, email.value, id);
    const account = await this.accounts.getInTransaction(tx, id);
    tx.record('account.created.v1', {
      accountId: id,
      credentialVersion: account.credentialVersion,
      recipients: [],
      email: email.value,
    });
    return account;
  }
}
