import { localeOf } from './locale';

it.each([
  [undefined, 'en'],
  ['', 'en'],
  ['zh', 'zh'],
  ['zh-TW, en;q=0.9', 'zh'],
  ['en-GB,en;q=0.9,zh;q=0.8', 'en'],
  ['zh;q=0.5, EN-us;q=0.7', 'en'],
  ['fr-CH, fr;q=0.9, zh-Hans;q=0.8, en;q=0.7, *;q=0.5', 'zh'],
  ['de', 'en'],
  ['zh;q=0, de', 'en'],
  ['zh;q=x', 'en'],
  [';;;,,q=', 'en'],
])('takes Accept-Language %s for %s', (acceptLanguage, locale) => {
  expect(localeOf({ headers: { 'accept-language': acceptLanguage } })).toBe(locale);
});
