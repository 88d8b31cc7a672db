import { randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sign } from 'jsonwebtoken';
import { Settings } from '@app/platform';
import { KeyRing } from './key-ring';

export const ACCESS_TOKEN_TYPE = 'at+jwt';

/** What an access token says (RFC 9068). Times in seconds since 1970, by the database's clock. */
export interface AccessTokenClaims {
  iss: string;
  aud: string;
  /** Account id. */
  sub: string;
  /** Session id. */
  sid: string;
  iat: number;
  exp: number;
  jti: string;
  auth_time: number;
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

const seconds = (date: Date): number => Math.floor(date.getTime() / 1000);

@Injectable()
export class AccessTokens {
  constructor(
    private readonly settings: Settings,
    private readonly keys: KeyRing,
  ) {}

  mint(subject: TokenSubject): { accessToken: string; expiresAt: Date; expiresIn: number } {
    const iat = seconds(subject.now);
    const exp = Math.min(iat + this.settings.accessTokenSeconds, seconds(subject.expiresAt));
    const accessToken = sign(this.claims(subject, iat, exp), this.keys.signingKey, {
      algorithm: 'RS256',
      keyid: this.keys.signingKid,
      header: { alg: 'RS256', typ: ACCESS_TOKEN_TYPE },
    });
    return { accessToken, expiresAt: new Date(exp * 1000), expiresIn: exp - iat };
  }

  private claims(subject: TokenSubject, iat: number, exp: number): AccessTokenClaims {
    return {
      iss: this.settings.publicUrl,
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
