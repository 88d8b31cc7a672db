import { Injectable } from '@nestjs/common';
import { isAccessToken } from '@app/session';
import { accessTokenStrategy } from '../auth/access-token.strategy';
import { bearerToken } from '../auth/bearer-token';
import { TokenGuard } from '../auth/token.guard';
import { Fails } from '../http/fails';

const ANY_AGE = 'access-token-of-any-age';

/** The session that a token of ours was made for, live or not. */
export interface TokenSession {
  id: string;
  accountId: string;
}

@Injectable()
export class EndingTokenStrategy extends accessTokenStrategy(ANY_AGE, bearerToken) {
  protected sessionOf(claims: unknown): Promise<TokenSession | null> {
    return Promise.resolve(isAccessToken(claims) ? { id: claims.sid, accountId: claims.sub } : null);
  }
}

/**
 * For logout alone: a token that we signed, expired or ended ones too, since all that it can do is to end its own
 * session (ASVS 5.0, 7.4.1).
 */
@Injectable()
@Fails('access-token.missing', 'access-token.invalid')
export class EndingTokenGuard extends TokenGuard(ANY_AGE) {}
