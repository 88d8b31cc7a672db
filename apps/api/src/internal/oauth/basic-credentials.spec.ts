import { basicCredentials } from './basic-credentials';

const basic = (text: string) => `Basic ${Buffer.from(text, 'latin1').toString('base64')}`;

describe('basicCredentials', () => {
  it.each([
    ['dev:secret', 'dev', 'secret'],
    ['dev:a:b', 'dev', 'a:b'],
    ['dev:a+b/c=', 'dev', 'a+b/c='],
    ['d%3Av:a%2Bb%25', 'd:v', 'a+b%'],
  ])('reads %s', (text, id, secret) => {
    expect(basicCredentials(basic(text))).toEqual({ id, secret });
  });

  it('reads the scheme in any case', () => {
    expect(basicCredentials(basic('dev:secret').replace('Basic', 'bAsIc'))).toEqual({ id: 'dev', secret: 'secret' });
  });

  it.each([
    ['no header', undefined],
    ['another scheme', 'Bearer abc'],
    ['no credentials', 'Basic '],
    ['something else than Base64', 'Basic dev:secret'],
    ['no colon', basic('dev')],
    ['no id', basic(':secret')],
    ['no secret', basic('dev:')],
    ['NUL', basic('dev\0:secret')],
    ['an encoded NUL', basic('dev%00:secret')],
    ['a broken percent sign', basic('dev:100%')],
    ['what is not ASCII', basic('dev:s\u00e9cret')],
  ])('gives null for %s', (_what, header) => {
    expect(basicCredentials(header)).toBeNull();
  });
});
