import { isPlaceholder } from './placeholder-secret';

describe('isPlaceholder', () => {
  it.each([
    ['one byte over and over', Buffer.alloc(32, 65)],
    ['a pattern of 16 bytes', Buffer.concat([Buffer.from('0f1e2d3c4b5a6978'), Buffer.from('0f1e2d3c4b5a6978')])],
    ['a pattern that is cut off', Buffer.from('abcdefg'.repeat(5)).subarray(0, 33)],
    ['a pattern in its base64url', Buffer.from('correct-horse'.repeat(4), 'base64url')],
    ['the word changeme', Buffer.from('xK2-CHANGEME-vQ8-pL5-wN1-zR7-tY4')],
    ['the word secret', Buffer.from('my-very-own-Secret-of-this-server')],
    ['the word test', Buffer.from('a-key-for-Tests-that-went-too-far')],
    ['the word example', Buffer.from('copied-from-the-example-env-file!')],
    ['a word in its base64url', Buffer.from('kV0example9Zq3Wm7Rb2Xc5Tn8Yd1Gf4Hj6Lp0Su3Av', 'base64url')],
  ])('[S-86] tells %s', (_what, secret) => {
    expect(isPlaceholder(secret)).toBe(true);
  });

  it('lets random bytes pass', () => {
    const honest = Buffer.from('e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855', 'hex');
    expect(isPlaceholder(honest)).toBe(false);
  });
});
