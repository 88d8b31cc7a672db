import { createPrivateKey, generateKeyPairSync, type JsonWebKey, sign } from 'node:crypto';
import type { Settings } from '@app/platform';
import { KeyRing } from './key-ring';
import { SignedTokens } from './signed-tokens';

const jwk = { ...generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' }), kid: 'one' };
const settings = { publicUrl: 'https://rekey.example', signingKeys: [jwk] } as unknown as Settings;
const CLAIMS = { aud: 'people', sub: 'ada', iat: 1, exp: 2, jti: '1' };

describe('a token of ours', () => {
  const keys = new KeyRing(settings);
  const tokens = new SignedTokens(settings, keys);

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

  it('is spelled in one way: algorithm, type, key, issuer', () => {
    const token = tokens.sign(CLAIMS);
    expect(partsOf(token)).toEqual([
      { alg: 'RS256', typ: 'at+jwt', kid: 'one' },
      { iss: 'https://rekey.example', ...CLAIMS },
    ]);
  });

  const RIGHT = { alg: 'RS256', typ: 'at+jwt', kid: 'one' };
  const OURS = { iss: 'https://rekey.example', ...CLAIMS };

  it('has a signature that is judged by the key it names', () => {
    expect(tokens.claimsOf(signedAs(RIGHT, OURS), 'people')).toEqual(OURS);
    expect(tokens.keyOf(signedAs(RIGHT, OURS))).toBe(keys.publicKeyOf('one'));
  });

  it.each([
    ['another algorithm', { ...RIGHT, alg: 'RS512' }],
    ['another type', { ...RIGHT, typ: 'JWT' }],
    ['no type', { alg: 'RS256', kid: 'one' }],
    ['a key that is not ours', { ...RIGHT, kid: 'two' }],
    ['no key', { alg: 'RS256', typ: 'at+jwt' }],
    ['a key that is no text', { ...RIGHT, kid: ['one'] }],
    ['one field more', { ...RIGHT, jku: 'https://evil.test' }],
    ['no object', 'RS256'],
    ['nothing', null],
  ])('[S-83] is none of ours with a header of %s', (_what, header) => {
    expect(tokens.keyOf(signedAs(header, OURS))).toBeUndefined();
    expect(tokens.claimsOf(signedAs(header, OURS), 'people')).toBeNull();
  });

  it.each([
    ['another issuer', { ...OURS, iss: 'https://evil.test' }],
    ['no number of its own', { ...OURS, jti: undefined }],
    ['no object', 'ada'],
    ['nothing', null],
  ])('[S-83] is none of ours with claims of %s', (_what, claims) => {
    expect(tokens.claimsOf(signedAs(RIGHT, claims), 'people')).toBeNull();
  });

  it.each(['ada', 7, true, null])('[S-83] has no key of ours with claims that are %p', (claims) => {
    expect(tokens.keyOf(signedAs(RIGHT, claims))).toBeUndefined();
  });

  it.each<[string, (token: string) => string]>([
    ['a part more', (token) => `${token}.e30`],
    ['a part less', (token) => token.slice(0, token.lastIndexOf('.'))],
    ['an empty signature', (token) => token.slice(0, token.lastIndexOf('.') + 1)],
    ['a signature that is spelled with padding', (token) => `${token}==`],
    ['a signature with a character that says nothing', (token) => `${token}!`],
    ['claims that are empty', (token) => token.replace(/\..*\./, '..')],
    [
      'a header with a space',
      (token) => token.replace(/^[^.]+/, base64url('{"alg":"RS256","typ":"at+jwt", "kid":"one"}')),
    ],
  ])('[S-83] is none of ours with %s', (_what, respell) => {
    expect(tokens.keyOf(respell(tokens.sign(CLAIMS)))).toBeUndefined();
  });

  it('is no token where there is none', () => {
    expect(tokens.verifiedClaimsOf(null, 'people')).toBeNull();
  });

  it('is not remembered unless all claims are there', () => {
    expect(tokens.remember('text', { ...OURS, jti: undefined })).toBeNull();
    expect(tokens.verifiedClaimsOf('text', 'people')).toBeNull();
  });

  it('dies of its session, not of its age: that is the database’s to say', () => {
    expect(tokens.rules('people')).toEqual({
      algorithms: ['RS256'],
      issuer: 'https://rekey.example',
      audience: 'people',
      ignoreExpiration: true,
    });
  });
});

const base64url = (text: string): string => Buffer.from(text).toString('base64url');

const partsOf = (token: string): unknown[] =>
  token.split('.', 2).map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()) as unknown);

/** By our key, whatever it says. */
function signedAs(header: unknown, claims: unknown): string {
  const input = [header, claims].map((part) => base64url(JSON.stringify(part))).join('.');
  const key = createPrivateKey({ key: jwk as JsonWebKey, format: 'jwk' });
  return `${input}.${sign('sha256', Buffer.from(input), key).toString('base64url')}`;
}
