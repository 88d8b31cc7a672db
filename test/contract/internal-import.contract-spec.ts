import { once } from 'node:events';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { hashSync } from 'bcrypt';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { aService, expectProblem } from './internal-callers';
import { IMPORT, importAccounts, NDJSON, ndjson, openImport } from './internal-import-client';

const HASH = hashSync('imported-password', 4);
const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;
const MAX_LINE = 16 * 1024;

describe('POST /internal/v1/accounts/import', () => {
  let api: TestApi;
  let service: HeaderMap;
  let number = 0;
  const newEmail = () => `import-${(number += 1)}@example.com`;
  const send = (body: Parameters<typeof importAccounts>[2]) => importAccounts(api, service, body);
  const sendLines = (...lines: unknown[]) => send(ndjson(lines));
  const signIn = async (email: string, password: string) =>
    (await api.http.post('/account/v1/sessions', { email, password })).status;
  const read = async (id: string | undefined) => (await api.internal.get(`/internal/v1/accounts/${id}`, service)).body;
  beforeAll(async () => {
    api = await bootApi();
    service = await aService(api, 'accounts:read', 'accounts:write');
  });
  afterAll(() => api.close());

  it('answers each line in order, and counts them in the last one', async () => {
    const standing = await anAccount(api);
    const [fresh, other] = [newEmail(), newEmail()];
    const answer = await sendLines(
      { email: fresh, passwordHash: HASH },
      { email: standing.email.toUpperCase(), passwordHash: HASH },
      { email: 'nobody' },
      { email: other },
    );
    expect(answer).toEqual({
      status: 200,
      contentType: 'application/x-ndjson',
      lines: [
        { line: 1, status: 'created', id: UUID },
        { line: 2, status: 'exists', id: standing.id },
        { line: 3, status: 'refused', code: 'email.invalid' },
        { line: 4, status: 'created', id: UUID },
      ],
      counts: { lines: 4, created: 2, exists: 1, refused: 1 },
    });
  });

  it('makes the accounts that POST /internal/v1/accounts would make', async () => {
    const all = {
      emailVerified: true,
      plan: 'BUSINESS',
      locale: 'zh',
      displayName: 'Ada 🙂',
      organisation: { id: 'org-1', role: 'owner' },
    };
    for (const fields of [{}, all, { passwordHash: HASH }, { password: 'x' }]) {
      const [imported, created] = [newEmail(), newEmail()];
      const { lines } = await sendLines({ email: imported.toUpperCase(), ...fields });
      const { body } = await api.internal.post('/internal/v1/accounts', { email: created, ...fields }, service);
      const times = { createdAt: expect.any(String), passwordChangedAt: body.passwordChangedAt && expect.any(String) };
      expect(await read(lines[0]?.id)).toEqual({ ...body, ...times, id: lines[0]?.id, email: imported });
    }
  });

  it.each(['$2a$', '$2b$', '$2y$'])('takes over a bcrypt hash of the form %s', async (prefix) => {
    const email = newEmail();
    await sendLines({ email, passwordHash: HASH.replace('$2b$', prefix) });
    expect(await signIn(email, 'imported-password')).toBe(201);
    expect(await signIn(email, 'another')).toBe(401);
  });

  it('hashes a password that comes in clear, more of them than may wait to be hashed', async () => {
    const emails = Array.from({ length: 100 }, newEmail);
    const { counts } = await sendLines(...emails.map((email) => ({ email, password: `the password of ${email}` })));
    expect(counts).toEqual({ lines: 100, created: 100, exists: 0, refused: 0 });
    const last = String(emails.at(-1));
    expect(await signIn(last, `the password of ${last}`)).toBe(201);
  });

  it.each<[string, unknown, object]>([
    ['a line that is no JSON', '{"email":', { code: 'body.malformed' }],
    ['a line that is empty', '', { code: 'body.malformed' }],
    ['a line of blanks', ' \r', { code: 'body.malformed' }],
    ['a list', [], { code: 'body.malformed' }],
    ['null', null, { code: 'body.malformed' }],
    ['two values', '{"email":"a@example.com"}{}', { code: 'body.malformed' }],
    ['a key that is there twice', '{"email":"a@example.com","email":"b@example.com"}', { code: 'body.malformed' }],
    ['a key that every object has', '{"email":"a@example.com","__proto__":{}}', { code: 'body.malformed' }],
    [
      'no address',
      {},
      { code: 'body.invalid', errors: [{ field: 'email', code: 'isString', message: expect.any(String) }] },
    ],
    [
      'a field that is not known',
      { email: 'a@example.com', disabled: true },
      { code: 'body.invalid', errors: [{ field: 'disabled', code: 'unknown', message: 'This field is not known.' }] },
    ],
    ['an address that is none', { email: 'nobody' }, { code: 'email.invalid' }],
    ['a hash that is none', { email: 'x@example.com', passwordHash: 'x' }, { code: 'password-hash.unsupported' }],
    ['a line that is too long', `"${'x'.repeat(MAX_LINE)}"`, { code: 'body.too-large' }],
  ])('refuses %s and goes on', async (_what, line, refusal) => {
    const [before, after] = [newEmail(), newEmail()];
    const { lines, counts } = await sendLines({ email: before }, line, { email: after });
    expect(lines).toEqual([
      { line: 1, status: 'created', id: UUID },
      { line: 2, status: 'refused', ...refusal },
      { line: 3, status: 'created', id: UUID },
    ]);
    expect(counts).toEqual({ lines: 3, created: 2, exists: 0, refused: 1 });
  });

  it('refuses bytes that are no UTF-8, and goes on', async () => {
    const broken = Buffer.concat([
      Buffer.from('{"email":"a@example.com","displayName":"'),
      Buffer.from([0xff]),
      Buffer.from('"}\n'),
    ]);
    const { lines } = await send([broken, ndjson([{ email: newEmail() }])]);
    expect(lines).toMatchObject([{ status: 'refused', code: 'body.malformed' }, { status: 'created' }]);
  });

  it('takes a line of exactly 16 KiB, and no byte more', async () => {
    const padded = (length: number) => JSON.stringify({ email: newEmail() }).padEnd(length, ' ');
    const { lines } = await sendLines(padded(MAX_LINE), padded(MAX_LINE + 1));
    expect(lines).toMatchObject([{ status: 'created' }, { status: 'refused', code: 'body.too-large' }]);
  });

  it('does not say what a line said', async () => {
    const answer = await sendLines({ email: 'canary-address', password: 'canary-password', 'canary"field': 1 });
    expect(JSON.stringify(answer)).not.toContain('canary');
  });

  it('creates one account of two lines with one address, also when the first of them is refused', async () => {
    const [twice, again] = [newEmail(), newEmail()];
    const { lines } = await sendLines(
      { email: twice },
      { email: twice.toUpperCase(), passwordHash: HASH },
      { email: again, passwordHash: 'x' },
      { email: again, passwordHash: HASH },
    );
    expect(lines).toEqual([
      { line: 1, status: 'created', id: UUID },
      { line: 2, status: 'exists', id: lines[0]?.id },
      { line: 3, status: 'refused', code: 'password-hash.unsupported' },
      { line: 4, status: 'created', id: UUID },
    ]);
    expect((await read(lines[0]?.id)).hasPassword).toBe(false);
  });

  it('changes nothing of an account that stands', async () => {
    const account = await anAccount(api, { plan: 'FREE' });
    const before = await read(account.id);
    await sendLines({ email: account.email, plan: 'BUSINESS', passwordHash: HASH, displayName: 'Mallory' });
    expect(await read(account.id)).toEqual(before);
    expect(await signIn(account.email, account.password)).toBe(201);
  });

  it('refuses an address that an undo window keeps, and leaves no account of it', async () => {
    const account = await anAccount(api);
    const reserved = newEmail();
    await api.dataSource.query(
      `INSERT INTO email_claim (email, account_id, reserved_until) VALUES ($1, $2, now() + interval '1 day')`,
      [reserved, account.id],
    );
    const { lines } = await sendLines({ email: reserved }, { email: newEmail() });
    expect(lines).toMatchObject([{ status: 'refused', code: 'email.unavailable' }, { status: 'created' }]);
    expect(await api.dataSource.query('SELECT 1 FROM account WHERE email = $1', [reserved])).toEqual([]);
  });

  it('reads a line that comes in pieces, and the last one without an end', async () => {
    const line = JSON.stringify({ email: newEmail(), displayName: 'Ünï' });
    const bytes = [...Buffer.from(line)].map((byte) => Buffer.from([byte]));
    const { counts } = await send(bytes);
    expect(counts).toEqual({ lines: 1, created: 1, exists: 0, refused: 0 });
  });

  it('answers an empty stream with its counts', async () => {
    expect(await send('')).toEqual({
      status: 200,
      contentType: 'application/x-ndjson',
      lines: [],
      counts: { lines: 0, created: 0, exists: 0, refused: 0 },
    });
  });

  it('answers what has arrived without waiting for more, and holds no transaction meanwhile', async () => {
    const { outgoing, answered } = openImport(api, service);
    outgoing.write(ndjson([{ email: newEmail() }]));
    const { body } = await answered;
    const [first] = (await once(body, 'data')) as [Buffer];
    expect(JSON.parse(first.toString())).toEqual({ line: 1, status: 'created', id: UUID });
    // On the embedded database everybody would wait for a transaction that is open.
    expect((await api.http.get('/health/ready')).status).toBe(200);
    outgoing.end();
    const [last] = (await once(body, 'data')) as [Buffer];
    expect(JSON.parse(last.toString())).toEqual({ lines: 1, created: 1, exists: 0, refused: 0 });
  });

  it('goes on where it was broken off when the same stream is sent again', async () => {
    const accounts = Array.from({ length: 1000 }, () => ({ email: newEmail(), passwordHash: HASH }));
    const { outgoing, answered } = openImport(api, service);
    outgoing.on('error', () => undefined);
    outgoing.write(ndjson(accounts.slice(0, 500)));
    const { body } = await answered;
    await once(body, 'data');
    outgoing.destroy();

    const { lines, counts } = await sendLines(...accounts);
    const { exists, created } = counts as { exists: number; created: number };
    expect(exists).toBeGreaterThanOrEqual(200);
    expect([exists + created, lines.length]).toEqual([1000, 1000]);
    expect((await sendLines(...accounts)).counts).toEqual({ lines: 1000, created: 0, exists: 1000, refused: 0 });
  });

  it('creates each account once when two send the same stream at once, in opposite order', async () => {
    const accounts = Array.from({ length: 600 }, () => ({ email: newEmail() }));
    const answers = await Promise.all([sendLines(...accounts), sendLines(...accounts.toReversed())]);
    const created = answers.flatMap(({ lines }) => lines.filter(({ status }) => status === 'created'));
    expect(created).toHaveLength(600);
    expect(answers.map(({ lines }) => lines.length)).toEqual([600, 600]);
  });

  it('imports 5,000 accounts in order, each with its event and its audit row', async () => {
    const accounts = Array.from({ length: 5000 }, () => ({ email: newEmail(), passwordHash: HASH }));
    const { lines, counts } = await sendLines(...accounts);
    expect(counts).toEqual({ lines: 5000, created: 5000, exists: 0, refused: 0 });
    expect(lines.map(({ line }) => line)).toEqual(accounts.map((_, index) => index + 1));
    const ids = lines.map(({ id }) => id);
    const stored = await api.dataSource.query<{ id: string; email: string }[]>(
      'SELECT id, email FROM account WHERE id = ANY($1)',
      [ids],
    );
    const emails = new Map(stored.map(({ id, email }) => [id, email]));
    expect(ids.map((id) => emails.get(String(id)))).toEqual(accounts.map(({ email }) => email));
    const [rows] = await api.dataSource.query<object[]>(
      `SELECT
         (SELECT count(DISTINCT account_id)::int FROM audit_event
          WHERE action = 'account.created.v1' AND account_id = ANY($1) AND requester -> 'actor' ->> 'kind' = 'service') AS audited,
         (SELECT count(*)::int FROM outbox_message, jsonb_array_elements(events) e
          WHERE e ->> 'name' = 'account.created.v1' AND (e #>> '{data,accountId}')::uuid = ANY($1)) AS events`,
      [ids],
    );
    expect(rows).toEqual({ audited: 5000, events: 5000 });
  });

  it.each([
    ['application/json', '{}'],
    ['application/x-www-form-urlencoded', 'email=a%40example.com'],
    ['text/plain', '{}'],
    ['application/x-ndjson; charset=utf-16', '{}'],
  ])('refuses a body of type %s', async (type, body) => {
    expectProblem(
      await api.internal.post(IMPORT, body, { ...service, 'content-type': type }),
      415,
      'media-type.unsupported',
    );
  });

  it('refuses a request without a body', async () => {
    expectProblem(await api.internal.post(IMPORT, undefined, service), 415, 'media-type.unsupported');
  });

  it.each(['/internal/v1/accounts', '/oauth2/token'])('gives no other route such a stream: %s', async (path) => {
    const answer = await api.internal.post(path, '{}', { ...service, ...NDJSON });
    expect(answer.status).toBe(415);
  });

  describe('when a statement fails', () => {
    const email = 'canary-of-a-failed-statement@example.com';
    let logged: unknown[];
    const keep = (...said: unknown[]) => void logged.push(said);
    beforeEach(() => {
      logged = [];
      jest.spyOn(Logger.prototype, 'error').mockImplementation(keep);
      jest.spyOn(Logger.prototype, 'warn').mockImplementation(keep);
    });
    afterEach(async () => {
      jest.restoreAllMocks();
      await api.dataSource.query('ALTER TABLE IF EXISTS account_away RENAME TO account');
      expect(logged).toHaveLength(1);
      expect(inspect(logged)).toMatch(/QueryFailedError 42P01/);
      expect(inspect(logged, { depth: null })).not.toContain(email);
    });
    const takeTableAway = () => api.dataSource.query('ALTER TABLE account RENAME TO account_away');

    it('answers with a problem when nothing has been answered yet [S-131]', async () => {
      await takeTableAway();
      const answer = await api.internal.post(IMPORT, ndjson([{ email }]), { ...service, ...NDJSON });
      expectProblem(answer, 500, 'unexpected');
    });

    it('breaks off without a last line when something has [S-131]', async () => {
      const { outgoing, answered } = openImport(api, service);
      outgoing.on('error', () => undefined);
      outgoing.write(ndjson([{ email: newEmail() }]));
      const { body } = await answered;
      await once(body, 'data');
      await takeTableAway();
      outgoing.end(ndjson([{ email }]));
      await expect(once(body, 'end')).rejects.toThrow('aborted');
    });
  });
});
