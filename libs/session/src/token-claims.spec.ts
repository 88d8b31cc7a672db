import { hasClaims, isInTime, seconds } from './token-claims';

const CLAIMS = { iss: 'us', aud: 'people', sub: 'ada', iat: 1_000, exp: 1_060, jti: '1' };
const at = (second: number) => new Date(second * 1000);

describe('the claims of a token', () => {
  it('[S-83] are in time until its end, and from two seconds before its start', () => {
    const inTime = [997.999, 998, 1_000, 1_059.999, 1_060, 1_061].map((second) => isInTime(CLAIMS, at(second)));
    expect(inTime).toEqual([false, true, true, true, false, false]);
  });

  it('tell their times in whole seconds, never ahead of the clock', () => {
    expect(seconds(at(1_000.999))).toBe(1_000);
  });

  it('are all there', () => {
    expect(hasClaims(CLAIMS)).toBe(true);
  });

  it.each([undefined, null, 7, 'ada', [], {}])('are not in %p', (claims) => {
    expect(hasClaims(claims)).toBe(false);
  });

  it.each([
    ...['aud', 'sub', 'jti'].flatMap((name) =>
      ['', 'a b', 'ada\n', '\u007f', 'adé', ' ada', 7, undefined, ['ada']].map((value) => ({ [name]: value })),
    ),
    ...['iat', 'exp'].flatMap((name) => ['1000', 1.5, 2 ** 53, NaN, null].map((value) => ({ [name]: value }))),
  ])('[S-83] are not right with %p', (wrong) => {
    expect(hasClaims({ ...CLAIMS, ...wrong })).toBe(false);
  });
});
