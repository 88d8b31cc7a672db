import { Injectable, type Type } from '@nestjs/common';
import { PassportStrategy } from '@nestjs/passport';
import { ExtractJwt, type JwtFromRequestFunction, type SecretOrKeyProvider, Strategy } from 'passport-jwt';
import { Settings } from '@app/platform';
import { ACCESS_TOKEN_TYPE, KeyRing, type LiveSession } from '@app/session';
import { AccessTokenJudge } from './access-token.judge';
import { headerOf } from './token-header';

export const BEARER = 'access-token';
const COMPACT_JWS = /^[\w-]+\.[\w-]+\.[\w-]+$/;

/**
 * A passport strategy that takes the access token from where `extractor` finds it, and nowhere else. The signature,
 * `alg`, `typ`, `iss` and `aud` are judged here; everything about time and liveness is the database's to say.
 */
export function accessTokenStrategy(name: string, extractor: JwtFromRequestFunction): Type<object> {
  @Injectable()
  class AccessTokenStrategy extends PassportStrategy(Strategy, name) {
    constructor(
      settings: Settings,
      keys: KeyRing,
      private readonly judge: AccessTokenJudge,
    ) {
      super({
        jwtFromRequest: extractor,
        secretOrKeyProvider: publicKeyFor(keys),
        algorithms: ['RS256'],
        issuer: settings.publicUrl,
        audience: settings.publicUrl,
        ignoreExpiration: true,
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
export class BearerStrategy extends accessTokenStrategy(BEARER, ExtractJwt.fromAuthHeaderAsBearerToken()) {}

/** `kid` is looked up among our own keys; `jku`, `jwk`, `x5u` and the like are never followed. */
function publicKeyFor(keys: KeyRing): SecretOrKeyProvider {
  return (_request, token: string, done) => {
    const header = COMPACT_JWS.test(token) ? headerOf(token) : undefined;
    const isOurs = header?.typ === ACCESS_TOKEN_TYPE && header.alg === 'RS256' && header.crit === undefined;
    const key = isOurs && typeof header.kid === 'string' ? keys.publicKeyOf(header.kid) : undefined;
    if (!key) return done(new Error('The token is not one of ours.'));
    // A KeyObject: a text would be parsed into one on every request. The types know only text.
    done(null, key as unknown as Buffer);
  };
}
