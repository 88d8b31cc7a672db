import { bearerToken } from './bearer-token';

describe('the token of an Authorization header', () => {
  it.each([
    ['Bearer abc', 'abc'],
    ['bEARER abc', 'abc'],
    ['Bearer   a.b-c_d~e+f/g=', 'a.b-c_d~e+f/g='],
  ])('of “%s” is “%s”', (authorization, token) => {
    expect(bearerToken({ headers: { authorization } })).toBe(token);
  });

  it.each([
    undefined,
    '',
    'Bearer',
    'Bearer ',
    'Bearerabc',
    'Bearer a b',
    'Bearer a ',
    ' Bearer a',
    'XBearer a',
    'Basic a',
  ])('is none in %p', (authorization) => {
    expect(bearerToken({ headers: { authorization } })).toBeNull();
  });
});
