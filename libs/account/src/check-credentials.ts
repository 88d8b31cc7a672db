import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { type SignInProved, SignInProof } from './sign-in-proof';

/** Whom a pair of e-mail and password proves, and what that proof is good for. */
export interface CheckedAccount {
  accountId: string;
  credentialVersion: number;
  passwordChangeOnly: boolean;
}

export interface CheckedPair extends Pick<SignInProved, 'commit'> {
  account: CheckedAccount;
}

@Injectable()
export class CheckCredentials {
  constructor(private readonly proof: SignInProof) {}

  /** @throws DomainError `credentials.invalid`, `request.too-many` */
  async check(email: string, password: string, requester: Requester): Promise<CheckedPair> {
    const { account, commit } = await this.proof.require({ email, password }, requester);
    const { id: accountId, credentialVersion } = account;
    const passwordChangeOnly = account.passwordChangeRequired || account.passwordIsTooOld;
    return { account: { accountId, credentialVersion, passwordChangeOnly }, commit };
  }
}
