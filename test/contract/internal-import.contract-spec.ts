import { hashSync } from 'bcrypt';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { aService } from './internal-callers';
import { importAccounts, ndjson } from './internal-import-client';

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
    [
      '[S-22] a hash that costs more than ours, naming both costs,',
      { email: 'x@example.com', passwordHash: HASH.replace('$04$', '$05$') },
      {
        code: 'password-hash.unsupported',
        errors: [
          {
            field: 'passwordHash',
            code: 'cost',
            message: 'Its cost is 5, and BCRYPT_COST of this service is 4. It must be at least as high.',
          },
        ],
      },
    ],
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
});
