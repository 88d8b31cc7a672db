import { createPublicKey, generateKeyPairSync, sign, verify } from 'node:crypto';
import type { Settings } from '@app/platform';
import { KeyRing } from './key-ring';

const aKey = (kid: string) => ({
  ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }),
  kid,
});
const ringOf = (...signingKeys: ReturnType<typeof aKey>[]) => new KeyRing({ signingKeys } as unknown as Settings);

describe('the ring of keys', () => {
  const ring = ringOf(aKey('new'), aKey('old'));

  it('signs with the first, and verifies with each by its name', () => {
    const text = Buffer.from('text');
    const [newKey, oldKey] = ['new', 'old'].map((kid) => ring.publicKeyOf(kid));
    const signature = sign('sha256', text, ring.signingKey);
    expect(ring.signingKid).toBe('new');
    expect([newKey, oldKey].map((key) => key && verify('sha256', text, key, signature))).toEqual([true, false]);
  });

  it.each(['', 'other', '__proto__', 'constructor'])('has no key of the name “%s”', (kid) => {
    expect(ring.publicKeyOf(kid)).toBeUndefined();
  });

  it('shows the public part of each, and no more', () => {
    const shown = { kty: 'RSA', use: 'sig', alg: 'RS256', n: expect.any(String) as string, e: 'AQAB' };
    expect(ring.jwks).toEqual([
      { ...shown, kid: 'new' },
      { ...shown, kid: 'old' },
    ]);
    const [first] = ring.jwks;
    expect(createPublicKey({ key: { ...first }, format: 'jwk' }).equals(createPublicKey(ring.signingKey))).toBe(true);
  });

  it('is not made without a key', () => {
    expect(() => ringOf()).toThrow('no key to sign');
  });
});
