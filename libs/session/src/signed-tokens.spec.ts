import { generateKeyPairSync } from 'node:crypto';
import type { Settings } from '@app/platform';
import { KeyRing } from './key-ring';
import { SignedTokens } from './signed-tokens';

const jwk = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid: 'one' };
const settings = { publicUrl: 'https://rekey.example', signingKeys: [jwk] } as unknown as Settings;
const CLAIMS = { aud: 'people', sub: 'ada', iat: 1, exp: 2, jti: '1' };

describe('a token of ours', () => {
  const tokens = new SignedTokens(settings, new KeyRing(settings));

  it('is verified again only when its text was not found right before', () => {
    const token = tokens.sign(CLAIMS);
    expect(tokens.verifiedClaimsOf(token, 'people')).toBeNull();
    expect(tokens.claimsOf(token, 'people')).toMatchObject(CLAIMS);
    expect(tokens.verifiedClaimsOf(token, 'people')).toMatchObject(CLAIMS);
  });

  it('[S-83] is for its own audience alone, also once it was found right there', () => {
    const token = tokens.sign({ ...CLAIMS, jti: '2' });
    tokens.claimsOf(token, 'people');
    expect(tokens.verifiedClaimsOf(token, 'services')).toBeNull();
    expect(tokens.claimsOf(token, 'services')).toBeNull();
  });

  it('is not remembered when it was refused', () => {
    const token = tokens.sign({ ...CLAIMS, jti: '3' });
    expect(tokens.claimsOf(token, 'services')).toBeNull();
    expect(tokens.verifiedClaimsOf(token, 'people')).toBeNull();
    expect(tokens.verifiedClaimsOf(token, 'services')).toBeNull();
  });
});
