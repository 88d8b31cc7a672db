import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type JwtFromRequestFunction, type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { Settings } from '@app/platform';
import { AccessTokenJudge, type LiveSession, SignedTokens } from '@app/session';
import { bearerToken } from './bearer-token';

export const BEARER = 'access-token';

/**
 * A passport strategy that takes the access token from where `extractor` finds it, and nowhere else. Form, signature,
 * `iss` and `aud` are judged here; everything about time and liveness is the database's to say.
 */
export function accessTokenStrategy(name: string, extractor: JwtFromRequestFunction): Type<object> {
  @Injectable()
  class AccessTokenStrategy extends PassportStrategy(Strategy, name) {
    constructor(
      settings: Settings,
      tokens: SignedTokens,
      private readonly judge: AccessTokenJudge,
    ) {
      super({
        jwtFromRequest: extractor,
        secretOrKeyProvider: keyIn(tokens),
        ...tokens.rules(settings.publicUrl),
      });
    }

    /** `null` refuses; a rejection means that the database did not answer. */
    validate(claims: unknown): Promise<LiveSession | null> {
      return this.judge.judge(claims);
    }
  }
  return AccessTokenStrategy;
}

/** `Authorization: Bearer …` */
@Injectable()
export class BearerStrategy extends accessTokenStrategy(BEARER, bearerToken) {}

function keyIn(tokens: SignedTokens): SecretOrKeyProvider {
  return (_request, token: string, done) => {
    const key = tokens.keyOf(token);
    if (!key) return done(new Error('The token is not one of ours.'));
    // A KeyObject: a text would be parsed into one on every request. The types know only text.
    done(null, key as unknown as Buffer);
  };
}
