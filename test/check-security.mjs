// Which rows of docs/security-rows.md a test names, and which none does. Run by `npm run check:security [section or id …]`.
// Fails on a row above P2 (chains, races, invariants and crash points are) or named by the threat model with neither a test
// nor a reason, and on an id that is in no row.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

const TESTS = /(\.(spec|int-spec|contract-spec|e2e-spec)\.ts|\.(test|browser)\.mjs)$/;
const THREAT_MODEL = 'docs/threat-model.md';
const SECTION = /^## (\S+) · (.+)$/;
const ROW = /^\| ([A-Z]-?\d+) \| (P\d|–) \| (.+?) \| (.*?) ?\|$/;
/** `[S-48]`, and several in one pair of brackets: `[I3 K5]`. */
const IDS = /\[([A-Z]-?\d+(?:[ ,]+[A-Z]-?\d+)*)\]/g;

/** The table as `[{key, title, rows: [{id, priority, reason}]}]`, in its order. */
function readSections(text) {
  const sections = [];
  for (const line of text.split('\n')) {
    const [, key, title] = SECTION.exec(line) ?? [];
    if (key) sections.push({ key, title, rows: [] });
    const [, id, priority, , reason] = ROW.exec(line) ?? [];
    if (id) sections.at(-1).rows.push({ id, priority, reason });
  }
  return sections;
}

/** Each id in a title, with a file that has it. */
function readTitles(root) {
  const found = new Map();
  for (const file of testFiles(root)) {
    const source = ts.createSourceFile(file, readFileSync(join(root, file), 'utf8'), ts.ScriptTarget.ES2023, true);
    for (const title of titlesIn(source)) for (const id of idsIn(title)) found.set(id, file);
  }
  return found;
}

const idsIn = (text) => [...text.matchAll(IDS)].flatMap(([, ids]) => ids.split(/[ ,]+/));

/** The rows that stand behind its promises. */
function readThreatModel(root) {
  const file = join(root, THREAT_MODEL);
  return existsSync(file) ? idsIn(readFileSync(file, 'utf8')) : [];
}

function testFiles(root) {
  const under = (folder) => readdirSync(join(root, folder), { recursive: true }).map((name) => join(folder, name));
  return ['apps', 'libs', 'test'].flatMap(under).filter((file) => TESTS.test(file));
}

/** What is written in the first argument of it, test and describe, and in the table of their `each`. A skipped test shows nothing. */
function* titlesIn(node) {
  if (ts.isCallExpression(node) && /^(it|test|describe)\b(?!\.(skip|todo))/.test(node.expression.getText())) {
    yield* textsIn(node.arguments[0]);
  }
  for (const child of node.getChildren()) yield* titlesIn(child);
}

function* textsIn(node) {
  if (!node || ts.isFunctionLike(node)) return;
  if (ts.isIdentifier(node)) yield* textsIn(tableNamed(node));
  if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) yield node.getText();
  else for (const child of node.getChildren()) yield* textsIn(child);
}

/** The value of a constant at the top of the same file. */
function tableNamed(name) {
  const statements = name.getSourceFile().statements.filter(ts.isVariableStatement);
  const declarations = statements.flatMap((statement) => [...statement.declarationList.declarations]);
  return declarations.find((each) => each.name.getText() === name.text)?.initializer;
}

function report(section, titles) {
  const missing = section.rows.filter(({ id, reason }) => !titles.has(id) && !reason);
  const shown = section.rows.filter(({ id }) => titles.has(id)).length;
  const reasons = section.rows.length - shown - missing.length;
  console.log(
    `${section.key} ${section.title}: ${shown} with a test, ${reasons} with a reason, ${missing.length} with neither`,
  );
  for (const { id, priority } of missing) console.log(`  ${id} ${priority} has no test`);
  return missing.filter(({ id, priority }) => priority !== 'P2' || promised.has(id));
}

const root = process.cwd();
const wanted = process.argv.slice(2);
const sections = readSections(readFileSync(join(root, 'docs/security-rows.md'), 'utf8'));
const titles = readTitles(root);
const promised = new Map(readThreatModel(root).map((id) => [id, THREAT_MODEL]));
const rows = sections.flatMap((section) => section.rows);

const unknown = [...titles, ...promised].filter(([named]) => !rows.some(({ id }) => id === named));
for (const [id, file] of unknown) console.log(`${id} of ${file} is in no row`);
const unheard = wanted.filter(
  (name) => ![...sections.map(({ key }) => key), ...rows.map(({ id }) => id)].includes(name),
);
for (const name of unheard) console.log(`${name} is neither a section nor a row`);

const failed = sections
  .map((section) => restricted(section))
  .filter((section) => section.rows.length > 0)
  .flatMap((section) => report(section, titles));
process.exit(failed.length + unknown.length + unheard.length > 0 ? 1 : 0);

function restricted(section) {
  if (wanted.length === 0 || wanted.includes(section.key)) return section;
  return { ...section, rows: section.rows.filter(({ id }) => wanted.includes(id)) };
}
