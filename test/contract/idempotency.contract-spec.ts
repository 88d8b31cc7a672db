import { request as httpRequest } from 'node:http';
import { randomUUID } from 'node:crypto';
import { StartEmailChange } from '@app/account';
import type { Requester } from '@app/contracts';
import { IdempotencyKeys, type KeyedRequest, withReservation } from '@app/platform';
import { SCOPES } from '@app/session';
import { aPerson, codeTo, confirmEmailChange, expectProblem, ROOT } from '../e2e/native-driver';
import { declaredRoutes } from '../e2e/route-policies';
import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { anAccount, GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { aService, NOBODY, tablesWith } from './internal-callers';
import { IMPORT, NDJSON } from './internal-import-client';

const EMAIL_CHANGE = `${ROOT}/me/email-change`;
const APPLICATIONS = '/internal/v1/applications';
const anAddress = () => `moves-${randomUUID().slice(0, 8)}@example.net`;
const aKey = () => ({ 'idempotency-key': randomUUID() });

describe('Idempotency-Key', () => {
  let api: TestApi;
  let service: HeaderMap;
  beforeAll(async () => {
    api = await bootApi({ mailsPerAddressPerHour: 1 });
    service = await aService(api, ...SCOPES);
  });
  afterAll(() => api.close());

  const start = (headers: HeaderMap, newEmail: string, currentPassword = GOOD_PASSWORD): Promise<HttpAnswer> =>
    api.http.post(EMAIL_CHANGE, { newEmail, currentPassword }, headers);
  const register = (headers: HeaderMap, name = 'Mobile app'): Promise<HttpAnswer> =>
    api.internal.post(APPLICATIONS, { name }, { ...service, ...headers });
  /** How often a change is in the log. */
  const timesOf = async (accountId: string, action = 'account.email-change-requested.v1'): Promise<number> => {
    const sql = 'SELECT 1 FROM audit_event WHERE account_id = $1 AND action = $2';
    return (await api.dataSource.query<unknown[]>(sql, [accountId, action])).length;
  };
  /** What the interceptor makes of that request. */
  const asReserved = (accountId: string, newEmail: string, key: string): KeyedRequest => ({
    key,
    caller: `account:${accountId}`,
    method: 'POST',
    route: EMAIL_CHANGE,
    content: ['{}', Buffer.from(JSON.stringify({ newEmail, currentPassword: GOOD_PASSWORD })).toString('base64')],
  });
  const expectInFlight = (answer: HttpAnswer) => {
    expect([answer.status, answer.body.code]).toEqual([409, 'idempotency-key.in-flight']);
    expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(0);
  };

  describe('with the same request', () => {
    it('[S-41] [S-130] gets the same answer byte for byte, and one change, one code, one warning', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      const [first, second] = [await start(keyed, newEmail), await start(keyed, newEmail)];
      expect([second.status, second.text]).toEqual([first.status, first.text]);
      expect(first.status).toBe(202);
      expect(await timesOf(account.id)).toBe(1);
      expect([(await api.mailsTo(newEmail)).length, (await api.mailsTo(account.email)).length]).toEqual([1, 1]);
    });

    it('[S-41] is not refused for what its own success has used up or made impossible', async () => {
      const { headers } = await aPerson(api);
      const newEmail = anAddress();
      const key = aKey();
      const first = await start({ ...headers, ...key }, newEmail);
      const confirmed = await confirmEmailChange(api, headers, await codeTo(api, newEmail));
      // One mail an hour, and the address is the account's own by now.
      const again = await start({ ...bearer(confirmed.body.tokens.accessToken), ...key }, newEmail);
      expect([again.status, again.text]).toEqual([202, first.text]);

      const keyed = { ...service, ...aKey() };
      const body = { email: anAddress(), password: GOOD_PASSWORD };
      const created = await api.internal.post('/internal/v1/accounts', body, keyed);
      const repeated = await api.internal.post('/internal/v1/accounts', body, keyed);
      expect([created.status, repeated.status, repeated.text]).toEqual([201, 201, created.text]);
      expect((await api.internal.post('/internal/v1/accounts', body, service)).status).toBe(409);
    });

    it.each(['password-reset', 'require-password-change', 'sessions/revoke'])(
      '[S-41] is answered as before when the account is gone by now: %s, its id in any case',
      async (act) => {
        const { id } = await anAccount(api);
        const keyed = { ...service, ...aKey() };
        const send = (of = id) => api.internal.post(`/internal/v1/accounts/${of}/${act}`, undefined, keyed);
        const first = await send();
        await api.internal.delete(`/internal/v1/accounts/${id}`, service);
        for (const again of [await send(), await send(id.toUpperCase())]) {
          expect([again.status, again.text]).toEqual([first.status, first.text]);
        }
        expect(first.status).toBeLessThan(300);
      },
    );

    it('[S-41] is answered as before when the password is another one by now', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const key = aKey();
      const first = await start({ ...headers, ...key }, newEmail);
      const body = { currentPassword: GOOD_PASSWORD, newPassword: OTHER_GOOD_PASSWORD };
      const changed = await api.http.put(`${ROOT}/me/password`, body, headers);
      const again = await start({ ...bearer(changed.body.tokens.accessToken), ...key }, newEmail);
      expect([again.status, again.text]).toEqual([202, first.text]);
      expect(await timesOf(account.id)).toBe(1);
    });

    it('[S-41] shows a secret again that is kept nowhere else, and nowhere in clear', async () => {
      const keyed = { ...service, ...aKey() };
      const make = () => api.internal.post('/internal/v1/service-clients', { name: 'x', scopes: ['admin'] }, keyed);
      const [first, second] = [await make(), await make()];
      expect([first.status, second.text]).toEqual([201, first.text]);
      expect(await tablesWith(api, first.body.clientSecret)).toEqual([]);
      expect(await tablesWith(api, keyed['idempotency-key'])).toEqual([]);
    });

    it('[S-116] keeps nothing of key, body, password or answer that can be read', async () => {
      const { headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      const { body } = await start(keyed, newEmail);
      const rows: Record<string, unknown>[] = await api.dataSource.query('SELECT * FROM idempotency_key');
      const bytes = rows.flatMap((row) => Object.values(row).filter((value) => Buffer.isBuffer(value)));
      expect(bytes.length).toBeGreaterThan(2);
      for (const text of [keyed['idempotency-key'], newEmail, GOOD_PASSWORD, body.id as string]) {
        const forms = [Buffer.from(text), Buffer.from(Buffer.from(text).toString('base64').slice(4, 16))];
        for (const form of forms) expect(bytes.filter((value) => value.includes(form))).toEqual([]);
        expect(JSON.stringify(rows.map(({ scope }) => scope))).not.toContain(text);
      }
    });

    it('[S-116] opens a kept answer for its own key alone', async () => {
      const [mine, other] = [aKey(), aKey()];
      await register(mine);
      await register(other);
      await api.dataSource.query(
        `UPDATE idempotency_key SET outcome = (SELECT outcome FROM idempotency_key ORDER BY created_at DESC LIMIT 1)
         WHERE key_hash = (SELECT key_hash FROM idempotency_key ORDER BY created_at DESC OFFSET 1 LIMIT 1)`,
      );
      jest.spyOn(process.stderr, 'write').mockReturnValueOnce(true);
      expect([(await register(other)).status, (await register(mine)).status]).toEqual([201, 500]);
    });

    it('leaves nothing of itself in the log, the outbox or the feed', async () => {
      const { account, headers } = await aPerson(api);
      await start({ ...headers, ...aKey() }, anAddress());
      const requesters: { requester: object }[] = await api.dataSource.query(
        `SELECT requester FROM audit_event WHERE account_id = $1 AND action LIKE 'account.email%'
         UNION ALL SELECT requester FROM outbox_message WHERE events @> jsonb_build_array(jsonb_build_object(
           'name', 'account.email-change-requested.v1', 'data', jsonb_build_object('accountId', $1::text)))`,
        [account.id],
      );
      const keys = ['actor', 'device', 'ip', 'requestId', 'userAgent'];
      expect(requesters.map(({ requester }) => Object.keys(requester).sort())).toEqual([keys, keys]);
    });
  });

  describe('with another request', () => {
    it('[S-130] is refused, and nothing happens; the first one is still answered', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      const first = await start(keyed, newEmail);
      expectProblem(await start(keyed, anAddress()), 422, 'idempotency-key.reused');
      const spaced = `{ "newEmail": "${newEmail}", "currentPassword": "${GOOD_PASSWORD}" }`;
      expectProblem(await api.http.post(EMAIL_CHANGE, spaced, keyed), 422, 'idempotency-key.reused');
      expect((await start(keyed, newEmail)).text).toBe(first.text);
      expect(await timesOf(account.id)).toBe(1);
    });

    it('[S-130] is refused for another id in the path', async () => {
      const keyed = { ...service, ...aKey() };
      const [one, other] = [await anAccount(api), await anAccount(api)];
      const revoke = ({ id }: { id: string }) =>
        api.internal.post(`/internal/v1/accounts/${id}/sessions/revoke`, undefined, keyed);
      expect((await revoke(one)).status).toBe(200);
      expectProblem(await revoke(other), 422, 'idempotency-key.reused');
    });

    it('[S-41] [R22] is another key for another person, another service and another route', async () => {
      const key = aKey();
      const [one, other] = [await aPerson(api), await aPerson(api)];
      const answers = [
        await start({ ...one.headers, ...key }, anAddress()),
        await start({ ...other.headers, ...key }, anAddress()),
      ];
      expect(answers.map(({ status }) => status)).toEqual([202, 202]);
      const services = [await register(key), await register({ ...(await aService(api, 'admin')), ...key }, 'Other')];
      const client = { name: 'x', scopes: ['admin'] };
      services.push(await api.internal.post('/internal/v1/service-clients', client, { ...service, ...key }));
      expect(services.map(({ status }) => status)).toEqual([201, 201, 201]);
    });

    it('is judged anew after a refusal: nothing had changed', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      expectProblem(await start(keyed, newEmail, 'wrong'), 422, 'password.current-wrong');
      expect((await api.http.post(EMAIL_CHANGE, { newEmail }, keyed)).body.code).toBe('body.invalid');
      expect((await start(keyed, newEmail)).status).toBe(202);
      expect(await timesOf(account.id)).toBe(1);
    });
  });

  describe('of a request that is in flight', () => {
    it('[S-130] is refused, until the lease of one that died is over: no 409 stays for ever', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const key = aKey();
      // Reserved, and then the process died.
      await api.app.get(IdempotencyKeys).reserve(asReserved(account.id, newEmail, key['idempotency-key']));
      expectInFlight(await start({ ...headers, ...key }, newEmail));
      await api.age('61 seconds');
      expect((await start({ ...headers, ...key }, newEmail)).status).toBe(202);
      expect(await timesOf(account.id)).toBe(1);
    });

    it('[S-130] is free for another request, too, when that lease is over', async () => {
      const { account, headers } = await aPerson(api);
      const key = aKey();
      await api.app.get(IdempotencyKeys).reserve(asReserved(account.id, anAddress(), key['idempotency-key']));
      const newEmail = anAddress();
      expectProblem(await start({ ...headers, ...key }, newEmail), 422, 'idempotency-key.reused');
      await api.age('61 seconds');
      expect((await start({ ...headers, ...key }, newEmail)).body.newEmail).toBe(newEmail);
    });

    it('[R22] lets nobody work under a lease that another has taken over', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const key = aKey();
      const reserve = () =>
        api.app.get(IdempotencyKeys).reserve(asReserved(account.id, newEmail, key['idempotency-key']));
      const work = (reservation: Awaited<ReturnType<typeof reserve>>) =>
        api.app
          .get(StartEmailChange)
          .execute(
            { accountId: account.id, newEmail, currentPassword: GOOD_PASSWORD },
            withReservation(TEST_REQUESTER, reservation),
          );
      const slow = await reserve();
      await api.age('61 seconds');
      const fast = await reserve();
      // The mailbox's quota is by itself: it would hide what is shown here.
      await api.dataSource.query('DELETE FROM guess_budget');
      await expect(work(slow)).rejects.toMatchObject({ code: 'idempotency-key.in-flight' });
      expect(await timesOf(account.id)).toBe(0);
      await api.dataSource.query('DELETE FROM guess_budget');
      const done = await work(fast);
      expect((await start({ ...headers, ...key }, newEmail)).body.id).toBe(done.id);
      expect(await timesOf(account.id)).toBe(1);
    });

    // The embedded database has one session: there the second request waits for the first one.
    if (databaseKind === 'postgres') {
      it('[S-41] [S-130] is refused while the first one waits for a row', async () => {
        const { account, headers } = await aPerson(api);
        const newEmail = anAddress();
        const keyed = { ...headers, ...aKey() };
        let first: Promise<HttpAnswer> | undefined;
        await api.dataSource.transaction(async (holding) => {
          await holding.query('SELECT 1 FROM account WHERE id = $1 FOR UPDATE', [account.id]);
          first = start(keyed, newEmail);
          await waitsForLock();
          expectInFlight(await start(keyed, newEmail));
        });
        const answer = await first;
        expect(answer?.status).toBe(202);
        expect((await start(keyed, newEmail)).text).toBe(answer?.text);
        expect(await timesOf(account.id)).toBe(1);
      });

      it('[S-130] [R22] is refused while the first one works, however long ago its lease has ended', async () => {
        const { account, headers } = await aPerson(api);
        const newEmail = anAddress();
        const key = aKey();
        const keys = api.app.get(IdempotencyKeys);
        const reservation = await keys.reserve(asReserved(account.id, newEmail, key['idempotency-key']));
        await api.age('61 seconds');
        const command = { accountId: account.id, newEmail, currentPassword: GOOD_PASSWORD };
        let first: Promise<{ id: string }> | undefined;
        await api.dataSource.transaction(async (holding) => {
          await holding.query('SELECT 1 FROM account WHERE id = $1 FOR UPDATE', [account.id]);
          first = api.app.get(StartEmailChange).execute(command, withReservation(TEST_REQUESTER, reservation));
          await waitsForLock();
          expectInFlight(await start({ ...headers, ...key }, newEmail));
        });
        const done = await first;
        expect((await start({ ...headers, ...key }, newEmail)).body.id).toBe(done?.id);
        expect(await timesOf(account.id)).toBe(1);
      });
    }

    /** Until a statement waits for somebody's lock. */
    async function waitsForLock(): Promise<void> {
      const sql = `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
      while ((await api.dataSource.query<unknown[]>(sql)).length === 0);
    }

    it('[R22] sixteen at once have one effect, and one answer or a 409', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      const answers = await Promise.all(Array.from({ length: 16 }, () => start(keyed, newEmail)));
      const good = answers.filter(({ status }) => status === 202);
      for (const answer of answers.filter((each) => !good.includes(each))) expectInFlight(answer);
      good.push(await start(keyed, newEmail));
      expect(good.length).toBeGreaterThan(1);
      expect(new Set(good.map(({ text }) => text)).size).toBe(1);
      expect([await timesOf(account.id), (await api.mailsTo(newEmail)).length]).toEqual([1, 1]);
    });
  });

  describe('after a crash', () => {
    it('[K5] [I4] gets the true outcome when the first answer was never sent', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const key = aKey();
      const reservation = await api.app
        .get(IdempotencyKeys)
        .reserve(asReserved(account.id, newEmail, key['idempotency-key']));
      const command = { accountId: account.id, newEmail, currentPassword: GOOD_PASSWORD };
      const requester: Requester = withReservation(TEST_REQUESTER, reservation);
      const { id, expiresAt } = await api.app.get(StartEmailChange).execute(command, requester);
      // The process dies here: committed, not answered.
      const answer = await start({ ...headers, ...key }, newEmail);
      expect(answer.body).toMatchObject({ id, expiresAt: expiresAt.toISOString() });
      expect(await timesOf(account.id)).toBe(1);
    });

    it('[K5] [I4] gets the true outcome when the commit took place and its acknowledgement was lost', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      losingNextCommit('after');
      expect((await start(keyed, newEmail)).status).toBe(503);
      const answer = await start(keyed, newEmail);
      expect(answer.status).toBe(202);
      const pending = await api.http.get(EMAIL_CHANGE, headers);
      expect([answer.text, await timesOf(account.id)]).toEqual([pending.text, 1]);
    });

    it('[K4] [I10] is done by the retry when the commit never took place, at once', async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = anAddress();
      const keyed = { ...headers, ...aKey() };
      losingNextCommit('before');
      expect((await start(keyed, newEmail)).status).toBe(503);
      expect(await timesOf(account.id)).toBe(0);
      await api.dataSource.query('DELETE FROM guess_budget');
      expect((await start(keyed, newEmail)).status).toBe(202);
      expect(await timesOf(account.id)).toBe(1);
    });

    /** The connection breaks just before or just after the next transaction that does something is committed. */
    function losingNextCommit(when: 'before' | 'after'): void {
      const createQueryRunner = api.dataSource.createQueryRunner.bind(api.dataSource);
      const spy = jest.spyOn(api.dataSource, 'createQueryRunner').mockImplementation((mode) => {
        const runner = createQueryRunner(mode);
        const commit = runner.commitTransaction.bind(runner);
        runner.commitTransaction = async () => {
          spy.mockRestore();
          if (when === 'after') await commit();
          throw new Error('Connection terminated unexpectedly');
        };
        return runner;
      });
    }
  });

  it('[S-116] is forgotten after 24 hours and works anew', async () => {
    const key = aKey();
    const first = await register(key);
    await api.age('23 hours');
    expect((await register(key)).text).toBe(first.text);
    await api.age('2 hours');
    const anew = await register(key, 'Another name');
    expect([anew.status, anew.body.name]).toEqual([201, 'Another name']);
  });

  it('[S-116] is worth nothing after 24 hours although its row is still there', async () => {
    const key = aKey();
    const first = await register(key);
    await api.age('25 hours');
    const anew = await register(key, 'Another name');
    expect([anew.status, anew.body.name]).toEqual([201, 'Another name']);
    expect(anew.body.clientId).not.toBe(first.body.clientId);
  });

  it('is not needed: two requests without one are two', async () => {
    const [first, second] = [await register({}), await register({})];
    expect(second.body.clientId).not.toBe(first.body.clientId);
  });

  it.each([
    ['nothing', ''],
    ['256 characters', 'x'.repeat(256)],
    ['a tab', 'a\tb'],
    ['a letter beyond ASCII', 'é'],
  ])('[S-130] is refused when it holds %s', async (_what, key) => {
    const answer = await register({ 'idempotency-key': key });
    expect([answer.status, answer.body.code]).toEqual([400, 'idempotency-key.malformed']);
  });

  it('[S-130] is refused when it is sent twice', async () => {
    const headers = { ...service, 'content-type': 'application/json', 'idempotency-key': ['a', 'b'] };
    const status = await new Promise((resolve, reject) => {
      const outgoing = httpRequest(api.internal.baseUrl + APPLICATIONS, { method: 'POST', headers }, (answer) => {
        resolve(answer.resume().statusCode);
      });
      outgoing.on('error', reject).end('{"name":"x"}');
    });
    expect(status).toBe(400);
  });

  it('takes 255 printable characters', async () => {
    expect((await register({ 'idempotency-key': `"${'~ '.repeat(126)}"` })).status).toBe(201);
  });

  it('is honoured on every internal POST but the import, which can be sent again as it is', async () => {
    const posts = declaredRoutes(api.app).filter(({ method, path }) => method === 'POST' && /^\/internal\//.test(path));
    expect(posts.length).toBeGreaterThan(10);
    const deaf: string[] = [];
    for (const { path } of posts) {
      const headers = { ...service, 'idempotency-key': '', ...(path === IMPORT ? NDJSON : {}) };
      const { body } = await api.internal.post(path.replace(/:\w+/, NOBODY), path === IMPORT ? '' : {}, headers);
      if (body.code !== 'idempotency-key.malformed') deaf.push(path);
    }
    expect(deaf).toEqual([IMPORT]);
  });

  it('may be sent by a page of an allowed origin', async () => {
    const answer = await api.app.inject({
      method: 'OPTIONS',
      url: EMAIL_CHANGE,
      headers: {
        origin: 'http://localhost:5173',
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type,idempotency-key',
      },
    });
    expect(answer.statusCode).toBe(204);
    expect(answer.headers['access-control-allow-headers']).toContain('idempotency-key');
  });
});
