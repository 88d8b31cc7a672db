import { Injectable } from '@nestjs/common';
import { type AccessTokenClaims, Liveness, type LiveSession } from '@app/session';

/** Times are minted whole seconds, from the same clock that judges them. */
const CLOCK_STEP_SECONDS = 2;

/** Says whether a token with a right signature is good at this moment. */
@Injectable()
export class AccessTokenJudge {
  constructor(private readonly liveness: Liveness) {}

  /** The live session, or that of a deleted account; `null` when the token is not good. Rejects when nobody can say. */
  async judge(claims: unknown): Promise<LiveSession | null> {
    if (!hasAccessTokenForm(claims)) return null;
    const session = await this.liveness.of(claims.sid);
    if (!session || session.accountId !== claims.sub || !isInTime(claims, session.now)) return null;
    return session.live || session.accountGone ? session : null;
  }
}

function isInTime({ iat, exp }: AccessTokenClaims, now: Date): boolean {
  const seconds = now.getTime() / 1000;
  return exp > seconds && iat <= seconds + CLOCK_STEP_SECONDS;
}

function hasAccessTokenForm(claims: unknown): claims is AccessTokenClaims {
  const { sub, sid, aud, iat, exp } = claims as Record<string, unknown>;
  return [sub, sid, aud].every((claim) => typeof claim === 'string') && [iat, exp].every(Number.isSafeInteger);
}
