import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { PasswordHasher } from '@app/platform';
import type { LiveAccount } from './account.entity';
import { AccountRepository } from './account.repository';
import { SignInProof } from './sign-in-proof';

/** Whom a pair of e-mail and password proves, and what that proof is good for. */
export interface CheckedAccount {
  accountId: string;
  credentialVersion: number;
  passwordChangeOnly: boolean;
}

@Injectable()
export class CheckCredentials {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly proof: SignInProof,
    private readonly hasher: PasswordHasher,
  ) {}

  /** @throws DomainError `credentials.invalid`, `request.too-many` */
  async check(email: string, password: string, requester: Requester): Promise<CheckedAccount> {
    const account = await this.proof.require({ email, password }, requester);
    await this.upgradeHash(account, password);
    return {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      passwordChangeOnly: account.passwordChangeRequired || account.passwordIsTooOld,
    };
  }

  /** Left for the next sign-in when too many hashes are waiting: this one has been proved right. */
  private async upgradeHash(account: LiveAccount, password: string): Promise<void> {
    if (account.passwordHash === null || !this.hasher.needsRehash(account.passwordHash)) return;
    try {
      await this.accounts.upgradeHash(account.id, account.passwordHash, await this.hasher.hash(password));
    } catch (error) {
      if (!(error instanceof DomainError && error.code === 'service.busy')) throw error;
    }
  }
}
