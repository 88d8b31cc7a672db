import { randomUUID } from 'node:crypto';
import { StartEmailChange } from '@app/account';
import type { Requester } from '@app/contracts';
import { IdempotencyKeys, type KeyedRequest, withReservation } from '@app/platform';
import { aPerson, expectProblem, ROOT } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import type { HeaderMap, HttpAnswer } from '../support/http-client';

const EMAIL_CHANGE = `${ROOT}/me/email-change`;
const anAddress = () => `moves-${randomUUID().slice(0, 8)}@example.net`;
const aKey = () => ({ 'idempotency-key': randomUUID() });

describe('Idempotency-Key', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ mailsPerAddressPerHour: 1 });
  });
  afterAll(() => api.close());

  const start = (headers: HeaderMap, newEmail: string, currentPassword = GOOD_PASSWORD): Promise<HttpAnswer> =>
    api.http.post(EMAIL_CHANGE, { newEmail, currentPassword }, headers);
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
});
