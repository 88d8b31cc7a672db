import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { type JwtFromRequestFunction, type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { Settings } from '@app/platform';
import { AccessTokenJudge, SignedTokens } from '@app/session';
import { bearerToken } from './bearer-token';

export const BEARER = 'access-token';

type PassportRequest = Parameters<Strategy['authenticate']>[0];

/**
 * A passport strategy that takes the access token from where `extractor` finds it, and nowhere else. Form, signature,
 * `iss` and `aud` are judged here, once for each token; everything about time and liveness is the database's to say,
 * each time.
 */
export function accessTokenStrategy(name: string, extractor: JwtFromRequestFunction): Type<object> {
  @Injectable()
  class AccessTokenStrategy extends PassportStrategy(Strategy, name) {
    constructor(
      private readonly settings: Settings,
      private readonly tokens: SignedTokens,
      private readonly judge: AccessTokenJudge,
    ) {
      super({
        jwtFromRequest: extractor,
        secretOrKeyProvider: keyIn(tokens),
        passReqToCallback: true,
        ...tokens.rules(settings.publicUrl),
      });
    }

    override authenticate(request: PassportRequest, options?: unknown): void {
      const claims = this.tokens.verifiedClaimsOf(extractor(request), this.settings.publicUrl);
      if (!claims) return super.authenticate(request, options);
      this.sessionOf(claims).then(
        (session) => (session ? this.success(session) : this.fail(401)),
        (error: Error) => this.error(error),
      );
    }

    /** Called with what the signature vouches for. */
    validate(request: PassportRequest, claims: unknown): Promise<object | null> {
      this.tokens.remember(String(extractor(request)), claims);
      return this.sessionOf(claims);
    }

    /** `null` refuses; a rejection means that the database did not answer. */
    protected sessionOf(claims: unknown): Promise<object | null> {
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
