import { Injectable } from '@nestjs/common';
import { Settings } from '@app/platform';
import type { AccessTokenClaims } from './access-token';
import { AccessTokenJudge, isAccessToken } from './access-token.judge';
import type { LiveSession } from './liveness';
import { SignedTokens } from './signed-tokens';

/** A person's access token that is good at this moment, and whose it is. */
export interface LiveToken {
  claims: AccessTokenClaims;
  session: LiveSession;
}

/**
 * Says to other services what every guard here says: is this access token of a person good? Any other kind of token is
 * not, whatever it is good for elsewhere: who asks wants to let somebody in by it (ADR 0011).
 */
@Injectable()
export class IntrospectToken {
  constructor(
    private readonly settings: Settings,
    private readonly tokens: SignedTokens,
    private readonly judge: AccessTokenJudge,
  ) {}

  /** `null` for any text that is not a good one. Rejects when the database can't answer: never a pass. */
  async execute(token: string): Promise<LiveToken | null> {
    const claims = this.tokens.claimsOf(token, this.settings.publicUrl);
    if (!isAccessToken(claims)) return null;
    const session = await this.judge.judge(claims);
    // A sign-in that must change its password first opens no other service.
    return session?.live && !session.passwordChangeOnly ? { claims, session } : null;
  }
}
