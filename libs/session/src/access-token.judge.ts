import { Injectable } from '@nestjs/common';
import type { AccessTokenClaims } from './access-token';
import { Liveness, type LiveSession } from './liveness';
import { hasClaims, isInTime } from './token-claims';
import { isUuid } from './uuid';

/** Says whether a token with a right signature is good at this moment. */
@Injectable()
export class AccessTokenJudge {
  constructor(private readonly liveness: Liveness) {}

  /** The live session, or that of a deleted account; `null` when the token is not good. Rejects when nobody can say. */
  async judge(claims: unknown): Promise<LiveSession | null> {
    if (!isAccessToken(claims)) return null;
    const session = await this.liveness.of(claims.sid);
    if (!session || session.accountId !== claims.sub || !isInTime(claims, session.now)) return null;
    return session.live || session.accountGone ? session : null;
  }
}

/** Of the form of one that was made here, whatever time has made of it. */
export function isAccessToken(claims: unknown): claims is AccessTokenClaims {
  return hasClaims(claims) && isUuid(claims.sub) && 'sid' in claims && isUuid(claims.sid);
}
