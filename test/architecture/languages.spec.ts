import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { LOCALES } from '@app/contracts';

const ROOT = join(__dirname, '../..');
const NAMED = new RegExp(`'(${LOCALES.filter((locale) => locale !== 'en').join('|')})'`);

it('a language is named in the list of languages and nowhere else, but by a contract that has its own', () => {
  const sources = ['apps', 'libs'].flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: 'utf8' }).map((file) => join(folder, file)),
  );
  const code = sources.filter(
    (file) => /\.[cm]?[jt]s$/.test(file) && !/\.spec\.ts$|\/(node_modules|migrations)\//.test(file),
  );
  const naming = code.filter((file) => NAMED.test(readFileSync(join(ROOT, file), 'utf8')));
  expect(naming.sort()).toEqual([
    'apps/api/src/dialects/bamboocloud/language.ts',
    'libs/contracts/src/domain-events.ts',
  ]);
});
