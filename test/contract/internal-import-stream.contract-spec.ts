import { once } from 'node:events';
import { inspect } from 'node:util';
import { Logger } from '@nestjs/common';
import { hashSync } from 'bcrypt';
import { bootApi, type TestApi } from '../support/boot-api';
import type { HeaderMap } from '../support/http-client';
import { aService, expectProblem } from './internal-callers';
import { IMPORT, importAccounts, NDJSON, ndjson, openImport } from './internal-import-client';

const HASH = hashSync('imported-password', 4);
const UUID = expect.stringMatching(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/) as string;

describe('POST /internal/v1/accounts/import', () => {
  let api: TestApi;
  let service: HeaderMap;
  let number = 0;
  const newEmail = () => `import-${(number += 1)}@example.com`;
  const send = (body: Parameters<typeof importAccounts>[2]) => importAccounts(api, service, body);
  const sendLines = (...lines: unknown[]) => send(ndjson(lines));
  beforeAll(async () => {
    api = await bootApi();
    service = await aService(api, 'accounts:read', 'accounts:write');
  });
  afterAll(() => api.close());

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
