import { Injectable } from '@nestjs/common';
import type { Requester } from '@app/contracts';
import { CredentialCheck } from './credential-check';
import { type IssuedTokens, OpenSession, type SessionKind } from './open-session';

export interface SignInCommand {
  email: string;
  password: string;
}

/** Always opens a new session: nothing that a caller brings is taken over into it. */
@Injectable()
export class SignIn {
  constructor(
    private readonly credentials: CredentialCheck,
    private readonly openSession: OpenSession,
  ) {}

  async execute(command: SignInCommand, kind: SessionKind, requester: Requester): Promise<IssuedTokens> {
    const { account, commit } = await this.credentials.check(command.email, command.password, requester);
    return this.openSession.execute(account, kind, requester, commit);
  }
}
