import { createPrivateKey, createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { Settings } from '@app/platform';

/** A public RSA key as RFC 7517 shows it. */
export interface PublicJwk {
  kty: 'RSA';
  kid: string;
  use: 'sig';
  alg: 'RS256';
  n: string;
  e: string;
}

/** The keys that access tokens are signed with: the first signs, all verify. One algorithm: RS256. */
@Injectable()
export class KeyRing {
  readonly signingKey: KeyObject;
  readonly signingKid: string;
  readonly jwks: readonly PublicJwk[];
  // A Map, not an object: a `kid` of `__proto__` must find nothing.
  private readonly publicKeys: ReadonlyMap<string, KeyObject>;

  constructor(settings: Settings) {
    const [first] = settings.signingKeys;
    if (!first) throw new Error('There is no key to sign access tokens with.');
    this.signingKey = createPrivateKey({ key: first as JsonWebKey, format: 'jwk' });
    this.signingKid = kidOf(first);
    this.publicKeys = new Map(
      settings.signingKeys.map((jwk) => [kidOf(jwk), createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' })]),
    );
    this.jwks = settings.signingKeys.map(publicJwkOf);
  }

  publicKeyOf(kid: string): KeyObject | undefined {
    return this.publicKeys.get(kid);
  }
}

const kidOf = (jwk: JsonWebKey): string => String(jwk.kid);

function publicJwkOf(jwk: JsonWebKey): PublicJwk {
  return { kty: 'RSA', kid: kidOf(jwk), use: 'sig', alg: 'RS256', n: String(jwk.n), e: String(jwk.e) };
}
