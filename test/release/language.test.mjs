// A third language, added to a copy of the sources as CONTRIBUTING.md says and built: it needs nothing else.
import assert from 'node:assert/strict';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { ROOT } from '../support/api.mjs';
import { changePassword, expected, newAddress, newPassword, serviceToken, signedIn } from '../support/people.mjs';
import { eventually, run, stop, temporaryFolder } from '../support/processes.mjs';
import { startReplica } from '../support/replicas.mjs';
import { copyRepository } from './support/repository-copy.mjs';

const LANGUAGE = 'fr';
/** Begins whatever is said in it. */
const MARK = 'Bonjour :';

test('a language costs its name, a folder of mails and a file of pages: who has it gets mails and pages in it', async (t) => {
  const folder = temporaryFolder();
  await copyRepository(folder, (path) => /^(apps|libs)\/|^(package|nest-cli|tsconfig)\.json$/.test(path));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  addLanguage(folder);
  const build = await run(process.execPath, ['apps/api/bin/build.mjs'], { cwd: folder });
  assert.equal(build.code, 0, build.stdout + build.stderr);

  const main = join(folder, 'dist/apps/api/src/main.js');
  const api = await startReplica({ DATA_DIR: temporaryFolder(), BCRYPT_COST: '4' }, { main });
  t.after(() => stop(api, 'SIGKILL'));
  const person = await newPerson(api);
  const { accessToken } = await signedIn(api, person);
  expected(await changePassword(api, accessToken, person.password, newPassword()), 200);
  const mail = await eventually(() => newestMail(api, person.email), 'mail');
  assert.equal(mail.subject, `${MARK} Your password was changed`);
  assert.match(mail.html, new RegExp(`<html lang="${LANGUAGE}">[^]*<h1[^>]*>${MARK} Your password was changed</h1>`));
  // The facts and the footer are templates of their own.
  for (const words of ['When:', 'This mail was sent']) assert.ok(mail.text.includes(`\n${MARK} ${words}`), mail.text);

  const page = await api.ask('GET', '/password-reset', { headers: { 'accept-language': `${LANGUAGE}-CH, en;q=0.9` } });
  assert.match(page.text, new RegExp(`<html lang="${LANGUAGE}">[^]*<h1>${MARK} Set a new password</h1>`));
});

function addLanguage(folder) {
  const at = (path) => join(folder, path);
  const write = (path, from, change) => {
    const source = readFileSync(at(from), 'utf8');
    const changed = change(source);
    assert.notEqual(changed, source, `${from} is not what it was`);
    writeFileSync(at(path), changed);
  };
  const edit = (path, change) => write(path, path, change);

  edit('libs/contracts/src/domain-events.ts', (text) => text.replace(/(LOCALES = \[.*)\]/, `$1, '${LANGUAGE}']`));

  const templates = 'libs/notifications/src/messages/templates';
  mkdirSync(at(`${templates}/${LANGUAGE}`));
  for (const file of readdirSync(at(`${templates}/en`))) {
    write(`${templates}/${LANGUAGE}/${file}`, `${templates}/en/${file}`, (text) => `${MARK} ${text}`);
  }

  const texts = 'apps/api/src/pages/texts';
  write(`${texts}/${LANGUAGE}.ts`, `${texts}/en.ts`, (text) =>
    text.replace('const en:', `const ${LANGUAGE}:`).replaceAll("title: '", `title: '${MARK} `),
  );
  edit(`${texts}/texts.ts`, (text) =>
    `import { ${LANGUAGE} } from './${LANGUAGE}';\n${text}`.replace(/(TEXTS: .*) }/, `$1, ${LANGUAGE} }`),
  );
}

async function newPerson(api) {
  const person = { email: newAddress(), password: newPassword(), emailVerified: true, locale: LANGUAGE };
  const token = await serviceToken(api);
  expected(await api.askInternal('POST', '/internal/v1/accounts', { token, body: person }), 201);
  return person;
}

async function newestMail(api, address) {
  const answer = await api.askInternal('GET', `/dev/mailbox/messages?to=${encodeURIComponent(address)}`);
  return expected(answer, 200).messages[0];
}
