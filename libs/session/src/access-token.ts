import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '@app/platform';
import { SignedTokens } from './signed-tokens';
import { seconds, type TokenClaims } from './token-claims';

/** What a person's access token says (RFC 9068). `sub` is the account's id. */
export interface AccessTokenClaims extends TokenClaims {
  /** Session id. */
  sid: string;
  /** When the password was last proved. */
  auth_time: number;
  /** The application that it was made for. */
  client_id?: string;
}

export interface TokenSubject {
  accountId: string;
  sessionId: string;
  applicationId: string | null;
  authenticatedAt: Date;
  /** The session's end: no token outlives it. */
  expiresAt: Date;
  /** The database's clock when the token is asked for. */
  now: Date;
}

@Injectable()
export class AccessTokens {
  constructor(
    private readonly settings: Settings,
    private readonly tokens: SignedTokens,
  ) {}

  mint(subject: TokenSubject): { accessToken: string; expiresAt: Date; expiresIn: number } {
    const iat = seconds(subject.now);
    const exp = Math.min(iat + this.settings.accessTokenSeconds, seconds(subject.expiresAt));
    const accessToken = this.tokens.sign(this.claims(subject, iat, exp));
    return { accessToken, expiresAt: new Date(exp * 1000), expiresIn: exp - iat };
  }

  private claims(subject: TokenSubject, iat: number, exp: number): Omit<AccessTokenClaims, 'iss'> {
    return {
      aud: this.settings.publicUrl,
      sub: subject.accountId,
      sid: subject.sessionId,
      iat,
      exp,
      jti: randomUUID(),
      auth_time: seconds(subject.authenticatedAt),
      ...(subject.applicationId === null ? {} : { client_id: subject.applicationId }),
    };
  }
}
