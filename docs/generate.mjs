// Writes docs/errors.md, events.md and configuration.md from the code; with --check it only compares.
// Needs a build. Run by `npm run docs` and, as a check, by CI.
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const docs = dirname(fileURLToPath(import.meta.url));
const require = createRequire(import.meta.url);
const built = (path) => require(join(docs, '../dist', path));

const DIALECTS = [
  ['vivoldi', ({ status, code, message }) => `${status} · ${code} ${message}`],
  ['bamboocloud', ({ status, code, en }) => `${status} · ${code} ${en}`],
  ['applivery', ({ status, code, message }) => `${status} · ${code} ${message}`],
];

function errorsPage() {
  const catalogue = built('libs/contracts/src/error-catalogue.js');
  const maps = DIALECTS.map(([name, show]) => [name, errorMapOf(name), show]);
  const row = (code, cells) => `| \`${code}\` | ${cells.join(' | ')} |`;
  const native = ({ status, title }) => `${status} ${title}`;
  const table = (errors) => [
    `| code | native and internal | ${DIALECTS.map(([name]) => name).join(' | ')} |`,
    `|---|---|${DIALECTS.map(() => '---').join('|')}|`,
    ...Object.entries(errors).map(([code, error]) => row(code, [native(error), ...maps.map(([, map, show]) => show(map[code]))])),
  ];
  return [
    '# Errors',
    'Every error that the service can answer with. The native and internal API send `application/problem+json` (RFC 9457)',
    'whose `code` is the first column; each dialect sends its own contract’s error. A code never changes its meaning.',
    '',
    '## At the edge',
    ...table(catalogue.EDGE_ERRORS),
    '',
    '## Of credentials',
    ...table(catalogue.CREDENTIAL_ERRORS),
    '',
    '## Of the native and internal API alone',
    '| code | answer |',
    '|---|---|',
    ...Object.entries(catalogue.INTERNAL_ERRORS).map(([code, error]) => row(code, [native(error)])),
  ];
}

function errorMapOf(dialect) {
  const errors = built(`apps/api/src/dialects/${dialect}/${dialect}.errors.js`);
  return Object.values(errors).find((value) => typeof value === 'object' && 'unexpected' in value);
}

function eventsPage() {
  const types = new Map();
  for (const name of ['domain-events.ts', 'installation-events.ts']) {
    const file = join(docs, '../libs/contracts/src', name);
    ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ES2023, true).forEachChild((node) => {
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) types.set(node.name.text, node);
    });
  }
  const { CONSUMERS } = built('libs/contracts/src/consumers.js');
  const heardBy = (event) => Object.keys(CONSUMERS).filter((name) => CONSUMERS[name].events.includes(event));
  const { MAIL_ONLY, OF_MANY_ACCOUNTS } = built('libs/platform/src/index.js');
  const inFeed = (event, type) => {
    const { type: accountId } = fieldsOf(type, types).find(({ field }) => field === 'accountId');
    if (accountId === 'null') return OF_MANY_ACCOUNTS.includes(event) ? 'yes' : '–';
    return accountId === 'string' ? 'yes' : 'of an account';
  };
  const events = types.get('EventMap').members.map((member) => [member.name.text, member.type.getText()]);
  return [
    '# Events',
    'What happened, as consumers inside the transaction, deliveries after it and the audit log hold it. Data is plain JSON,',
    'never a secret or a hash. A name ends in its version: a change that breaks a consumer is a new name.',
    '',
    'Other services read the feed, `GET /internal/v1/events` ([ADR 0009](adr/0009-event-feed.md)). It shows an event with `id`, `cursor`, `at`, `name`,',
    '`actor`, `cause` and its data, but for the fields that are marked: those are for mails alone.',
    '',
    '| event | data | in the feed | heard by |',
    '|---|---|---|---|',
    ...events.map(([name, type]) => `| \`${name}\` | [${type}](#${type.toLowerCase()}) | ${inFeed(name, type)} | ${heardBy(name).map((each) => `\`${each}\``).join(', ') || '–'} |`),
    '',
    ...[...new Set(events.map(([, type]) => type))].flatMap((type) => typeSection(type, types, MAIL_ONLY)),
  ];
}

function typeSection(name, types, mailOnly) {
  const fields = fieldsOf(name, types);
  const meaning = ({ field, comment }) => [comment, mailOnly.includes(field) ? 'Not in the feed.' : ''].filter(Boolean).join(' ');
  return [
    `## ${name}`,
    ...commentOf(types.get(name)),
    '| field | type | meaning |',
    '|---|---|---|',
    ...fields.map((field) => `| \`${field.field}\` | \`${field.type.replaceAll('|', '\\|')}\` | ${meaning(field)} |`),
    '',
  ];
}

function fieldsOf(name, types) {
  const node = types.get(name);
  if (ts.isTypeAliasDeclaration(node)) return fieldsOf(node.type.getText(), types);
  const inherited = (node.heritageClauses ?? []).flatMap((clause) => clause.types.map((type) => type.getText()));
  const own = node.members.map((member) => ({
    field: member.name.getText(),
    type: member.type.getText(),
    comment: commentOf(member).join(' '),
  }));
  return [...inherited.flatMap((parent) => fieldsOf(parent, types)), ...own];
}

function commentOf(node) {
  return (node.jsDoc ?? []).map((doc) => (typeof doc.comment === 'string' ? doc.comment : doc.getText()).replace(/\s+/g, ' '));
}

function configurationPage() {
  const { configurationTable, policySchema, serviceSchema } = built('libs/platform/src/index.js');
  const { vivoldiSettingsSchema } = built('apps/api/src/dialects/vivoldi/vivoldi.settings.js');
  return [
    '# Configuration',
    'Settings are environment variables, checked at start; an empty value is an unset one. A wrong one stops the start and',
    'is named, its value is not.',
    '',
    configurationTable(serviceSchema, policySchema, vivoldiSettingsSchema),
  ];
}

const NOTE = '<!-- Made from the code by `npm run docs`. Do not edit. -->';
const pages = { 'errors.md': errorsPage, 'events.md': eventsPage, 'configuration.md': configurationPage };
const stale = Object.entries(pages).filter(([name, make]) => {
  const text = `${[NOTE, ...make()].join('\n').trimEnd()}\n`;
  const file = join(docs, name);
  const old = (() => { try { return readFileSync(file, 'utf8'); } catch { return ''; } })();
  if (!process.argv.includes('--check')) writeFileSync(file, text);
  return old !== text;
});
if (process.argv.includes('--check') && stale.length > 0) {
  console.error(`Out of date: ${stale.map(([name]) => `docs/${name}`).join(', ')}. Run npm run docs.`);
  process.exit(1);
}
