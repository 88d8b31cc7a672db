import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCALES } from '@app/contracts';

const TEMPLATES = join(__dirname, 'templates');
const languages = readdirSync(TEMPLATES, { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map(({ name }) => name);
const source = (language: string, file: string): string => readFileSync(join(TEMPLATES, language, file), 'utf8');
const files = languages.flatMap((language) =>
  readdirSync(join(TEMPLATES, language)).map((file) => ({ language, file })),
);
/** What a template shows, in its order: the code in its tags without the words of a language. */
const tagsOf = (text: string): string[] =>
  [...text.matchAll(/<%.*?%>/gs)].map(([tag]) => tag.replace(/'[^']*'/g, "''"));

it('has one folder for each language', () => {
  expect(languages.sort()).toEqual([...LOCALES].sort());
});

it.each(languages)('has every template in %s', (language) => {
  expect(readdirSync(join(TEMPLATES, language))).toEqual(readdirSync(join(TEMPLATES, 'en')));
});

it.each(files)('$language/$file shows what the English one shows', ({ language, file }) => {
  expect(tagsOf(source(language, file)).sort()).toEqual(tagsOf(source('en', file)).sort());
});

it.each(files)('$language/$file holds words only, as right in HTML as in text', ({ language, file }) => {
  expect(source(language, file).replace(/<%.*?%>/gs, '')).not.toMatch(/[<>&]/);
});

it.each(files)('$language/$file shows raw only its own parts and what is escaped already', ({ language, file }) => {
  const raw = [...source(language, file).matchAll(/<%~(.*?)-?%>/gs)].map(([, code]) => code?.trim());
  expect(raw.filter((code) => !/^(include|it\.link|it\.strong)\(/.test(code ?? ''))).toEqual([]);
});

it.each(files)('$language/$file has a first line without data: it is a subject', ({ language, file }) => {
  const isPart = ['api-keys.eta', 'code.eta', 'facts.eta', 'link-gone.eta', 'no-reset.eta', 'taken.eta'].includes(file);
  expect(isPart || !/<%/.test(source(language, file).split('\n')[0] ?? '')).toBe(true);
});
