import { parseForm } from './strict-form';

describe('parseForm', () => {
  it.each<[string, Record<string, string>]>([
    ['', {}],
    ['grant_type=client_credentials&scope=a+b', { grant_type: 'client_credentials', scope: 'a b' }],
    ['a=1%2B1%3D2&b=%E2%82%AC', { a: '1+1=2', b: '€' }],
    ['a=b=c', { a: 'b=c' }],
    ['a&b=', { a: '', b: '' }],
    ['&a=1&', { a: '1' }],
    ['=x', { '': 'x' }],
  ])('reads %s', (text, fields) => {
    expect(parseForm(text)).toEqual(fields);
  });

  it.each([
    ['a duplicate field', 'a=1&a=1'],
    ['a duplicate field in another spelling', 'a=1&%61=2'],
    ['a name that every object has', '__proto__=1'],
    ['half a percent sign', 'a=%2'],
    ['broken UTF-8', 'a=%ff'],
  ])('refuses %s', (_what, text) => {
    expect(() => parseForm(text)).toThrow();
  });
});
