import { VerifiedTokens } from './verified-tokens';

const claims = (jti: string) => ({ iss: 'us', aud: 'us', sub: 'ada', iat: 1, exp: 2, jti });

describe('the tokens that were verified', () => {
  it('answer for the very text alone', () => {
    const verified = new VerifiedTokens();
    verified.remember('a.b.c', claims('1'));
    expect(verified.of('a.b.c')).toEqual(claims('1'));
    expect(['a.b.C', 'a.b.c=', ' a.b.c', ''].map((text) => verified.of(text))).toEqual(Array(4).fill(undefined));
  });

  it('can be changed by nobody', () => {
    const verified = new VerifiedTokens();
    verified.remember('a.b.c', claims('1'));
    expect(Object.isFrozen(verified.of('a.b.c'))).toBe(true);
  });

  it('are 10,000 at most: the oldest is forgotten', () => {
    const verified = new VerifiedTokens();
    for (let n = 0; n <= 10_000; n++) verified.remember(`token-${n}`, claims(String(n)));
    const known = Array.from({ length: 10_001 }, (_, n) => n).filter((n) => verified.of(`token-${n}`) !== undefined);
    expect(known).toHaveLength(10_000);
    expect(known[0]).toBe(1);
  });
});
