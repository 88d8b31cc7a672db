import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SOURCES = join(__dirname, '../../apps/api/src');
/** What each OpenAPI document is made from. */
const DOCUMENTS = [
  ['account', 'http'],
  ['internal', 'http'],
  ['dialects/applivery'],
  ['dialects/bamboocloud'],
  ['dialects/vivoldi'],
].map((folders) => ({ folders }));

function schemasIn(folder: string): string[] {
  const files = readdirSync(join(SOURCES, folder), { recursive: true, encoding: 'utf8' });
  const sources = files.filter((file) => file.endsWith('.ts')).map((file) => join(SOURCES, folder, file));
  return sources
    .flatMap((file) => [...readFileSync(file, 'utf8').matchAll(/^(?:export )?class (\w+Dto)\b/gm)])
    .map(([, name]) => name ?? '');
}

// A schema is known by the name of its class alone: of two the last would stand for both, and nobody would say so.
it.each(DOCUMENTS)('no two schemas of the document from $folders have one name', ({ folders }) => {
  const names = folders.flatMap(schemasIn);
  expect(names.length).toBeGreaterThan(5);
  expect(names.filter((name, at) => names.indexOf(name) < at)).toEqual([]);
});
