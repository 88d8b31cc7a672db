// What the process writes about requests, at its most talkative, while all that it asks of fails and quotes what it was given.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { newAddress, newPeople, serviceToken, signedIn } from '../support/people.mjs';
import { eventually } from '../support/processes.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { startSmtpSink } from '../support/smtp-sink.mjs';
import { everyRoute, PLACES } from './support/every-route.mjs';

const ROUTES = everyRoute();
const FORGED = '{"level":"fatal","message":"Request forged-1234 failed"}';
/** Quotes what a statement was about to write, as an error of the database may, in lines that look like others. */
const BREAK = `CREATE FUNCTION quote_it() RETURNS trigger LANGUAGE plpgsql AS $$
  BEGIN RAISE EXCEPTION E'%\n${FORGED}\n    at %\r', coalesce(NEW, OLD)::text, coalesce(NEW, OLD)::text || chr(27) || '[2K'; END $$`;
const WRITTEN = ['account', 'session', 'refresh_token', 'audit_event', 'mailed_code', 'pending_email_change'];

const FORGERIES = [
  ['POST', '/account/v1/sessions', { body: { email: `a"\n${FORGED}\n@example.org`, password: `\r${FORGED}` } }],
  [
    'POST',
    '/account/v1/sessions',
    { body: { email: 'a@example.org', password: '\u001b[2K' }, headers: { 'user-agent': `\u009b2K${FORGED}` } },
  ],
  [
    'POST',
    '/account/v1/sessions',
    { body: { email: 'b@example.org', password: 'x' }, headers: { 'x-request-id': FORGED } },
  ],
  [
    'POST',
    '/account/v1/sessions',
    { body: { email: 'c@example.org', password: 'x' }, headers: { 'x-request-id': 'of-the-proxy-1' } },
  ],
  [
    'POST',
    `/account/v1/sessions?a=%0A${encodeURIComponent(FORGED)}`,
    { body: { email: 'd@example.org', password: 'x' } },
  ],
];
/** Each page that a mail links to, and where its button leads. */
const PAGES = {
  '/email-change/undo': '/email-change/undo',
  '/email-change/cancel': '/email-change/cancel',
  '/not-me': '/not-me',
  '/password-reset': '/password-reset/confirm',
};
const SETTINGS = {
  LOG_LEVEL: 'debug',
  MAIL_FROM: 'rekey@example.org',
  TRUSTED_PROXIES: '127.0.0.1',
  ACCOUNT_FAILURES: '1000000',
};

test('[S-131] [S-133] [I9] no text of a caller makes a line of the log; no address is in it, and no secret is there or in a table', async (t) => {
  const mails = await startSmtpSink();
  t.after(() => mails.close());
  mails.echoes = true;
  const settings = { ...SETTINGS, SMTP_URL: `smtp://127.0.0.1:${mails.port}` };
  const { database, replicas } = await startReplicas(t, 1, { settings });
  const [replica] = replicas;
  const said = await logOf(replica);
  const secrets = new Set();
  const service = await serviceToken(replica);

  const people = await newOwners(replica, secrets);
  const canaries = Object.keys(PAGES).map((page, n) => [page, people[n].secret]);
  const answers = [
    ...(await tryAll(replica, people, secrets, ({ secret }) => secret)),
    ...(await tryAll(replica, people, secrets, ({ token }) => token)),
    ...(await tryAll(replica, people, secrets, () => service)),
    ...(await follow(replica, canaries)),
  ];
  await expectNowhere(database, secrets);
  await park(database);
  const links = linksIn(mails.received);
  for (const [, token] of links) secrets.add(token);

  const others = await newOwners(replica, secrets);
  await breakWriting(database);
  answers.push(...(await tryAll(replica, others, secrets, ({ token }) => token)));
  const text = `canary-${randomBytes(24).toString('base64url')}`;
  for (const place of PLACES) {
    answers.push(...(await tryAll(replica, others, secrets, ({ token }) => token, { text, place })));
  }
  const inPlaceOfAddress = { body: { email: others[0].password, password: 'x' } };
  answers.push(await replica.ask('POST', '/account/v1/sessions', inPlaceOfAddress));
  answers.push(await replica.ask('GET', `/nowhere/${text}`));
  const followed = await follow(replica, links);
  const pressed = new Set(followed.filter(({ status }) => status === 500).map(({ page }) => page));
  assert.deepEqual(pressed, new Set(Object.keys(PAGES)));
  answers.push(...followed, ...(await Promise.all(FORGERIES.map((forgery) => replica.ask(...forgery)))));

  const failed = answers.filter(({ status }) => status === 500).map(({ headers }) => headers['x-request-id']);
  assert.ok(failed.length > 15, `only ${failed.length} failed`);
  await eventually(() => failed.every((id) => said().includes(id)), 'line for each failure');
  const entries = said()
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line));
  const requests = entries.flatMap(({ message }) => [...message.matchAll(/Request (\S+)/g)].map(([, id]) => id));
  assert.deepEqual(requests.sort(), failed.sort());
  assert.deepEqual(new Set(entries.map(({ level }) => level)), new Set(['error', 'warn']));
  const refusals = answers.filter(({ status }) => status >= 400).map((answer) => JSON.stringify(answer));
  const metrics = await replica.askInternal('GET', '/metrics');
  assert.equal(metrics.status, 200);
  for (const told of [said(), JSON.stringify(metrics), refusals.join()]) {
    assert.deepEqual(
      [...secrets, text].filter((canary) => told.includes(canary)),
      [],
    );
  }
  assert.doesNotMatch(said(), /@example\.org/);
  await expectNowhere(database, secrets);
  assert.ok(secrets.size > 500);
});

async function breakWriting(database) {
  await database.query(BREAK);
  for (const table of WRITTEN) {
    await database.query(`CREATE TRIGGER quote_it BEFORE INSERT OR UPDATE OR DELETE ON ${table}
      FOR EACH ROW EXECUTE FUNCTION quote_it()`);
  }
}

/** The pages that mails link to, each with the token. */
function linksIn(mails) {
  const links = mails.flatMap(({ raw }) => [
    ...raw.replaceAll('=\r\n', '').matchAll(/http:\/\/rekey\.test(\/\S+)\/([\w-]{43})\b/g),
  ]);
  const tokens = new Map(links.map(([, page, token]) => [token, page]));
  return [...tokens].map(([token, page]) => [page, token]);
}

/** Opens each page as people and scanners do, and presses its button. */
async function follow(replica, links) {
  const followed = links.map(async ([page, token]) => {
    const read = [await replica.ask('GET', `${page}/${token}`), await replica.ask('HEAD', `${page}/${token}`)];
    const form = page === '/password-reset' ? { token, newPassword: 'a walk along the canal' } : { token };
    const pressed = await replica.ask('POST', PAGES[page], { body: new URLSearchParams(form) });
    return [...read, pressed].map((answer) => ({ ...answer, page }));
  });
  return (await Promise.all(followed)).flat();
}

/** Resolves with a function that tells what was written since the greeting. */
async function logOf({ output }) {
  await eventually(() => /\/account\/v1\/me -H .*echo\n/.test(output.stdout), 'end of the greeting');
  const [out, err] = [output.stdout.length, output.stderr.length];
  return () => output.stdout.slice(out) + output.stderr.slice(err);
}

/** A person for each route, with a token, a new address, and a text that stands wherever a secret may. */
async function newOwners(replica, secrets) {
  const people = await newPeople(replica, ROUTES.length);
  return Promise.all(
    people.map(async (person) => {
      const { accessToken: token, refreshToken } = await signedIn(replica, person);
      const secret = `canary-${randomBytes(15).toString('base64url')}`;
      for (const each of [person.password, token, refreshToken, secret]) secrets.add(each);
      return { ...person, token, secret, newEmail: newAddress() };
    }),
  );
}

async function tryAll(replica, people, secrets, tokenOf, stray) {
  const answers = await Promise.all(
    ROUTES.map(({ at, request }, n) => {
      const token = tokenOf(people[n]);
      const proof = { authorization: `Bearer ${token}`, 'X-Access-Token': token, 'session-token': token };
      return replica[at](...request(people[n], proof, stray));
    }),
  );
  for (const { body } of answers) for (const secret of secretsIn(body)) secrets.add(secret);
  return answers;
}

function secretsIn(value, name = '') {
  if (typeof value === 'string') return /(token|secret|apiKey)$/i.test(name) && value.length > 20 ? [value] : [];
  return Object.entries(value ?? {}).flatMap(([key, each]) => secretsIn(each, key));
}

/** Whatever form a secret could have there. */
async function expectNowhere(database, secrets) {
  const tables = await database.query(
    `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`,
  );
  for (const { name } of tables) {
    const rows = await database.query(`SELECT t::text AS text FROM ${name} t`);
    const all = rows.map(({ text }) => text).join('\n');
    const forms = (secret) => [secret, Buffer.from(secret).toString('hex'), Buffer.from(secret).toString('base64')];
    const found = [...secrets].filter((secret) => forms(secret).some((form) => all.includes(form)));
    assert.deepEqual([name, found], [name, []]);
  }
}

/** Each mail fails for the last time. */
async function park(database) {
  const mails = `FROM outbox_delivery WHERE consumer = 'notifications.send-mail' AND status`;
  const none = async (which) => (await database.query(`SELECT 1 ${mails} = 'due' ${which}`)).length === 0;
  await eventually(() => none('AND attempts = 0'), 'first attempt of each mail');
  await database.query(`UPDATE outbox_delivery SET attempts = 81, available_at = now() WHERE status = 'due'`);
  await eventually(() => none(''), 'last attempt of each mail');
  const [{ parked }] = await database.query(`SELECT count(*)::int AS parked ${mails} = 'parked'`);
  assert.ok(parked > 10, `only ${parked} are parked`);
}
