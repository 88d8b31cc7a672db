import fc from 'fast-check';
import type { Settings } from '../config/settings';
import { SecretKeys } from './code-key';

const someKeys = (fill: number): SecretKeys => new SecretKeys({ codeKey: Buffer.alloc(32, fill) } as Settings);
const keys = someKeys(1);

describe('SecretKeys.hmac', () => {
  it('is 32 bytes, the same for the same key, purpose and parts', () => {
    expect(keys.hmac('code', 'a', 'b')).toHaveLength(32);
    expect(keys.hmac('code', 'a', 'b')).toEqual(someKeys(1).hmac('code', 'a', 'b'));
  });

  it('[S-45] cannot be computed without the key', () => {
    expect(keys.hmac('code', '000123')).not.toEqual(someKeys(2).hmac('code', '000123'));
  });

  it('is what it always was: what is stored stays good through an update', () => {
    expect(keys.hmac('code', 'ada@example.com', 'é').toString('hex')).toBe(
      'a87c1a6af33a50ea0fa19559c419beb79fb6c41588199644d90b3371a54eab50',
    );
  });

  it('differs for another purpose', () => {
    expect(keys.hmac('code', 'a')).not.toEqual(keys.hmac('link', 'a'));
  });

  it('differs for any other list of parts, wherever their boundaries stand', () => {
    const parts = fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '\0', '\u0001'), maxLength: 3 }), {
      maxLength: 3,
    });
    fc.assert(
      fc.property(parts, parts, (one, other) => {
        const isSame = JSON.stringify(one) === JSON.stringify(other);
        expect(keys.hmac('code', ...one).equals(keys.hmac('code', ...other))).toBe(isSame);
      }),
    );
    expect(keys.hmac('code', 'ab', 'c')).not.toEqual(keys.hmac('code', 'a', 'bc'));
    expect(keys.hmac('code', 'a')).not.toEqual(keys.hmac('code', 'a', ''));
  });
});

describe('SecretKeys.seal', () => {
  it('is opened to the same text by the same key and associated data', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), fc.string(), (text, associated) => {
        expect(keys.open(keys.seal(text, associated), associated)).toBe(text);
      }),
    );
  });

  it('opens what was sealed before an update', () => {
    const sealed = '070707070707070707070707627113e47ae90dcd41000853abdbd4dc30709a41a3e3deaf64fdd39b6e05';
    expect(keys.open(Buffer.from(sealed, 'hex'), 'row é')).toBe('code 123456 é');
  });

  it('seals the same text differently each time', () => {
    expect(keys.seal('123456', 'row')).not.toEqual(keys.seal('123456', 'row'));
  });

  it('holds nothing of the text', () => {
    expect(keys.seal('code 123456', 'row').includes('123456')).toBe(false);
  });

  it('is not opened with other associated data or another key', () => {
    const sealed = keys.seal('123456', 'row 1');
    expect(() => keys.open(sealed, 'row 2')).toThrow();
    expect(() => someKeys(2).open(sealed, 'row 1')).toThrow();
  });

  it('is not opened by the first bytes of its tag', () => {
    expect(() => keys.open(keys.seal('', 'row').subarray(0, 16), 'row')).toThrow();
  });

  it('is not opened when any byte is changed or missing', () => {
    const sealed = keys.seal('123456', 'row');
    for (let at = 0; at < sealed.length; at++) {
      const changed = Buffer.from(sealed);
      changed.writeUInt8(sealed.readUInt8(at) ^ 1, at);
      expect(() => keys.open(changed, 'row')).toThrow();
      expect(() => keys.open(sealed.subarray(0, at), 'row')).toThrow();
    }
  });
});
