import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { SignInProof } from './sign-in-proof';

/** Whom a pair of e-mail and password proves, and what that proof is good for. */
export interface CheckedAccount {
  accountId: string;
  credentialVersion: number;
  passwordChangeOnly: boolean;
}

@Injectable()
export class CheckCredentials {
  constructor(private readonly proof: SignInProof) {}

  /** @throws DomainError `credentials.invalid`, `request.too-many` */
  async check(email: string, password: string, requester: Requester): Promise<CheckedAccount> {
    const account = await this.proof.require({ email, password }, requester);
    return {
      accountId: account.id,
      credentialVersion: account.credentialVersion,
      passwordChangeOnly: account.passwordChangeRequired || account.passwordIsTooOld,
    };
  }
}
