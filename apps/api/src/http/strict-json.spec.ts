import { MalformedBody, parseBody } from './strict-json';

const parse = (text: string) => parseBody(Buffer.from(text));
const nested = (levels: number) => '['.repeat(levels) + ']'.repeat(levels);

describe('parseBody [S-125]', () => {
  it.each<[string, unknown]>([
    ['{"a":1,"b":[true,null,"x"]}', { a: 1, b: [true, null, 'x'] }],
    [' {} ', {}],
    ['[]', []],
    ['"text"', 'text'],
    ['null', null],
    ['{"":0}', { '': 0 }],
    ['{"a":{"a":{"a":1}},"b":{"a":2}}', { a: { a: { a: 1 } }, b: { a: 2 } }],
    ['[{"a":1},{"a":2}]', [{ a: 1 }, { a: 2 }]],
    ['{"a":"a","b":"a\\":"}', { a: 'a', b: 'a":' }],
    ['{"a":"{","b":"}","c":"\\"a\\":1"}', { a: '{', b: '}', c: '"a":1' }],
    ['{"a\\\\":1,"a":2}', { 'a\\': 1, a: 2 }],
    ['{"a":["a","a"]}', { a: ['a', 'a'] }],
    ['{"a":1,"A":2}', { a: 1, A: 2 }],
    ['"\\ud800"', '\ud800'],
  ])('reads %s', (text, value) => {
    expect(parse(text)).toEqual(value);
  });

  it.each([
    ['cut off', '{"a":1'],
    ['a trailing comma', '{"a":1,}'],
    ['a comment', '{}//'],
    ['single quotes', "{'a':1}"],
    ['NaN', '{"a":NaN}'],
    ['two values', '{}{}'],
    ['blanks alone', '  '],
    ['a byte order mark', '\ufeff{}'],
    ['a raw control character', '{"a":"\u0001"}'],
    ['a duplicate key', '{"a":1,"a":1}'],
    ['a duplicate key with blanks before its colon', '{"a" :1,"a"\n:1}'],
    ['a duplicate key below', '[{"b":{"a":1,"c":[{}],"a":2}}]'],
    ['a duplicate key after a text', '{"a":"b","a":1}'],
    ['a duplicate key after a nested object', '{"a":{"b":1},"a":2}'],
    ['a duplicate key by an escape', '{"name":1,"n\\u0061me":2}'],
    ['a duplicate key of quotes', '{"\\"":1,"\\u0022":2}'],
    ['a duplicate empty key', '{"":1,"":2}'],
    ['__proto__', '{"a":[{"__proto__":{}}]}'],
    ['__proto__ by an escape', '{"\\u005f_proto__":{}}'],
    ['constructor', '{"constructor":{"prototype":{}}}'],
    ['another key that every object has', '{"hasOwnProperty":1}'],
    ['33 levels', nested(33)],
    ['thousands of levels', nested(8000)],
  ])('refuses %s', (_what, text) => {
    expect(parse(text)).toBeInstanceOf(MalformedBody);
  });

  it.each([
    ['a lone byte', [0xff]],
    ['an overlong slash', [0xc0, 0xaf]],
    ['an encoded surrogate', [0xed, 0xa0, 0x80]],
    ['half a character', [0xc3]],
  ])('refuses %s that is not UTF-8', (_what, bytes) => {
    expect(parseBody(Buffer.from([0x22, ...bytes, 0x22]))).toBeInstanceOf(MalformedBody);
  });

  it('reads 32 levels, brackets in strings not counted', () => {
    expect(parse(nested(32))).not.toBeInstanceOf(MalformedBody);
    expect(parse(JSON.stringify('['.repeat(100)))).toBe('['.repeat(100));
  });

  it('gives undefined for no body', () => {
    expect(parse('')).toBeUndefined();
  });

  it('leaves the prototype of objects as it was', () => {
    parse('{"__proto__":{"polluted":true}}');
    expect(Object.prototype).not.toHaveProperty('polluted');
  });
});
