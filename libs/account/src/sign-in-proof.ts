import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog, type Clauses, PasswordHasher, SecretKeys, Settings } from '@app/platform';
import { upgradeOfHash } from './account.repository';
import { EmailAddress } from './email-address';
import { nobodysBudget, sourceBudgets } from './password-budgets';
import { RightPassword } from './right-password';
import { type SignInAccount, SignInAccounts } from './sign-in-accounts';

export interface SignInAttempt {
  /** As it was typed; only its keyed hash is kept. */
  email: string;
  password: string;
}

export interface SignInProved {
  account: SignInAccount;
  /** Ends the try as a success, in one commit with `write`, whose answer it gives. */
  commit: (write: Clauses) => Promise<unknown>;
}

/**
 * Judges the pair of somebody who is not signed in. Each try is counted before it is judged, by account and by source;
 * whatever is wrong, the answer is the same after the same work: one statement before the hashing, one after it. So is
 * the work of a success, whose second statement is the caller's to send, with what the pair is proved for.
 */
@Injectable()
export class SignInProof {
  constructor(
    private readonly accounts: SignInAccounts,
    private readonly right: RightPassword,
    private readonly hasher: PasswordHasher,
    private readonly audit: AuditLog,
    private readonly keys: SecretKeys,
    private readonly settings: Settings,
  ) {}

  /** @throws DomainError `credentials.invalid`, `request.too-many` */
  async require({ email, password }: SignInAttempt, requester: Requester): Promise<SignInProved> {
    const address = EmailAddress.tryParse(email)?.value ?? null;
    const nobodys = nobodysBudget(this.keys.hmac('unknown-account', address ?? email), this.settings);
    const sources = sourceBudgets(requester.ip, this.settings);
    const { account, spentScopes, retryAfterSeconds } = await this.accounts.findTakingTry(address, nobodys, sources);
    if (spentScopes.includes('source')) {
      await this.audit.note('sign-in.refused', account?.id ?? null, requester);
      throw new DomainError('request.too-many', { retryAfterSeconds });
    }
    const isSpent = spentScopes.includes('password');
    const isRight = await this.hasher.verify(password, isSpent ? null : (account?.passwordHash ?? null));
    if (!account || !isRight || account.disabled || account.passwordResetRequired) {
      await this.audit.note(isSpent ? 'sign-in.refused' : 'sign-in.failed', account?.id ?? null, requester);
      throw new DomainError('credentials.invalid');
    }
    const note = { action: 'sign-in.succeeded', accountId: account.id, requester } as const;
    const { mayRecover } = account;
    const better = await this.betterHash(account, password);
    const success = { givenBack: sources, note };
    return {
      account,
      commit: (write) => this.right.accept({ account, mayRecover }, requester, success, ...better, write),
    };
  }

  /** None for the one that is good; left for the next sign-in when too many hashes are waiting: this one has been proved right. */
  private async betterHash({ id, passwordHash }: SignInAccount, password: string): Promise<Clauses[]> {
    if (passwordHash === null || !this.hasher.needsRehash(passwordHash)) return [];
    try {
      return [upgradeOfHash(id, passwordHash, await this.hasher.hash(password))];
    } catch (error) {
      if (error instanceof DomainError && error.code === 'service.busy') return [];
      throw error;
    }
  }
}
