import type { KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { sign, verify } from 'jsonwebtoken';
import { Settings } from '@app/platform';
import { KeyRing } from './key-ring';
import { hasClaims, type TokenClaims } from './token-claims';
import { VerifiedTokens } from './verified-tokens';

const TYPE = 'at+jwt';
const ALGORITHM = 'RS256';
const ALGORITHMS = [ALGORITHM] as const;

type Json = Record<string, unknown>;

/** The JWTs of this service (RFC 9068), people's and services': one algorithm, one form, one issuer. */
@Injectable()
export class SignedTokens {
  private readonly verified = new VerifiedTokens();

  constructor(
    private readonly settings: Settings,
    private readonly keys: KeyRing,
  ) {}

  sign(claims: Omit<TokenClaims, 'iss'>): string {
    return sign({ iss: this.settings.publicUrl, ...claims }, this.keys.signingKey, {
      algorithm: ALGORITHM,
      keyid: this.keys.signingKid,
      header: { alg: ALGORITHM, typ: TYPE },
    });
  }

  /** What a signature is judged by: `kid` is looked up among our own keys; `jku`, `jwk`, `x5u` are never followed. */
  keyOf(token: string): KeyObject | undefined {
    const [header, payload, signature, ...more] = token.split('.');
    if (more.length > 0 || !payloadIsOurs(payload) || bytesOf(signature) === null) return undefined;
    const { alg, typ, kid, ...others } = jsonOf(header) ?? {};
    const isOurs = alg === ALGORITHM && typ === TYPE && Object.keys(others).length === 0;
    return isOurs && typeof kid === 'string' ? this.keys.publicKeyOf(kid) : undefined;
  }

  /** What a token says that was signed here for `audience`; `null` for any other text. Its times are not judged yet. */
  claimsOf(token: string, audience: string): TokenClaims | null {
    return this.verifiedClaimsOf(token, audience) ?? this.verify(token, audience);
  }

  /** The same, only for one that was found right before. */
  verifiedClaimsOf(token: string | null, audience: string): TokenClaims | null {
    const claims = token === null ? undefined : this.verified.of(token);
    return claims?.aud === audience ? claims : null;
  }

  /** `claims`: what the signature of `token` was found to vouch for by our `rules`. */
  remember(token: string, claims: unknown): TokenClaims | null {
    if (!hasClaims(claims)) return null;
    this.verified.remember(token, claims);
    return claims;
  }

  private verify(token: string, audience: string): TokenClaims | null {
    const key = this.keyOf(token);
    if (!key) return null;
    try {
      return this.remember(token, verify(token, key, this.rules(audience)));
    } catch {
      return null;
    }
  }

  /** Everything about time and liveness is the database's to say: `ignoreExpiration`. */
  rules(audience: string) {
    return { algorithms: [...ALGORITHMS], issuer: this.settings.publicUrl, audience, ignoreExpiration: true };
  }
}

const payloadIsOurs = (payload: string | undefined): boolean => jsonOf(payload) !== null;

/**
 * The object behind a part of a token, only if both are spelled the way that `sign` spells them. So no token of ours has
 * a second spelling, and no reader of a duplicate key or a byte order mark can take it for something else (RFC 8725).
 */
function jsonOf(part: string | undefined): Json | null {
  try {
    const bytes = bytesOf(part) ?? Buffer.alloc(0);
    const value = JSON.parse(bytes.toString()) as Json | null;
    return typeof value === 'object' && Buffer.from(JSON.stringify(value)).equals(bytes) ? value : null;
  } catch {
    return null;
  }
}

/** `null` unless the part is the one base64url text of its bytes, of at least one. */
function bytesOf(part = ''): Buffer | null {
  const bytes = Buffer.from(part, 'base64url');
  return part !== '' && bytes.toString('base64url') === part ? bytes : null;
}
