import { createHash } from 'node:crypto';
import { digest, equalBytes, randomCode, randomToken } from './random-code';

/** Pearson's statistic of the digits at one place against a uniform distribution; 9 degrees of freedom. */
function chiSquareAt(place: number, codes: string[]): number {
  const counts = new Array<number>(10).fill(0);
  for (const code of codes) counts[Number(code[place])]! += 1;
  const expected = codes.length / 10;
  return counts.reduce((sum, count) => sum + (count - expected) ** 2 / expected, 0);
}

describe('randomCode', () => {
  const codes = Array.from({ length: 100_000 }, randomCode);

  it('[S-45] is always six ASCII digits, leading zeros kept', () => {
    expect(codes.filter((code) => !/^[0-9]{6}$/.test(code))).toEqual([]);
    expect(codes.some((code) => code.startsWith('00'))).toBe(true);
  });

  it('[S-45] has every digit equally often at every place', () => {
    // 50 is exceeded by chance once in ten million.
    for (let place = 0; place < 6; place++) expect(chiSquareAt(place, codes)).toBeLessThan(50);
  });

  it('[S-45] repeats itself no more often than chance', () => {
    // 95,163 different ones are expected, with a deviation of about 66.
    expect(Math.abs(new Set(codes).size - 95_163)).toBeLessThan(500);
  });
});

describe('randomToken', () => {
  it('is base64url of 32 random bytes, or as many as asked', () => {
    expect(randomToken()).toMatch(/^[A-Za-z0-9_-]{43}$/);
    expect(randomToken(16)).toMatch(/^[A-Za-z0-9_-]{22}$/);
    expect(randomToken()).not.toBe(randomToken());
  });
});

describe('digest', () => {
  it('is the SHA-256 of the text', () => {
    expect(digest('token')).toEqual(createHash('sha256').update('token').digest());
  });
});

describe('equalBytes', () => {
  it('[S-15] is true for equal bytes only', () => {
    expect(equalBytes(digest('a'), digest('a'))).toBe(true);
    expect(equalBytes(digest('a'), digest('b'))).toBe(false);
  });

  it('[S-15] is false for another length, and does not throw', () => {
    expect(equalBytes(digest('a'), digest('a').subarray(1))).toBe(false);
    expect(equalBytes(Buffer.alloc(0), digest('a'))).toBe(false);
  });
});
