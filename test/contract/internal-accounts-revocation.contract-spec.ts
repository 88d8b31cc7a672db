import { randomUUID } from 'node:crypto';
import { ServiceClients } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { anAccount, aSession, type TestAccount, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { tokenIn } from '../support/mailed';
import { RENEWAL_DOORS, signInEverywhere, TOKEN_DOORS, type Tokens } from '../support/surfaces';
import { askForToken, aService, basic, expectProblem, NOBODY } from './internal-callers';

const ACCOUNTS = '/internal/v1/accounts';
const STRONG_PASSWORD = 'a walk along the winter canal';

describe('what a service does to an account', () => {
  let api: TestApi;
  let service: HeaderMap;
  let admin: HeaderMap;
  let clientId: string;
  const post = (path: string) => api.internal.post(`${ACCOUNTS}/${path}`, undefined, service);
  beforeAll(async () => {
    api = await bootApi();
    const client = await api.app
      .get(ServiceClients)
      .create('Billing desk', ['accounts:read', 'accounts:write', 'admin'], TEST_REQUESTER);
    clientId = client.id;
    service = bearer((await askForToken(api, basic(client.id, client.secret))).body.access_token);
    admin = service;
  });
  afterAll(() => api.close());

  /** Which doors a token still opens. */
  async function openDoors(tokens: Tokens): Promise<string[]> {
    const open: string[] = [];
    for (const [door, accepts] of Object.entries(TOKEN_DOORS)) {
      for (const token of tokens.all) if (await accepts(api, token)) open.push(door);
    }
    for (const [door, renews] of Object.entries(RENEWAL_DOORS)) if (await renews(api, tokens)) open.push(door);
    return open;
  }

  describe('POST …/:id/sessions/revoke [S-104]', () => {
    it('ends every session at every door, and nobody else’s', async () => {
      const [account, other] = [await anAccount(api), await anAccount(api)];
      const [tokens, others] = [await signInEverywhere(api, account), await signInEverywhere(api, other)];
      const answer = await post(`${account.id}/sessions/revoke`);
      expect([answer.status, answer.body]).toEqual([200, { sessionsEnded: 3 }]);
      expect(await openDoors(tokens)).toEqual([]);
      expect((await openDoors(others)).length).toBeGreaterThan(Object.keys(TOKEN_DOORS).length);
      expect((await aSession(api, account)).passwordChangeRequired).toBe(false);
    });

    it('tells nobody when no session was live', async () => {
      const account = await anAccount(api);
      await aSession(api, account);
      expect((await post(`${account.id}/sessions/revoke`)).body).toEqual({ sessionsEnded: 1 });
      expect((await post(`${account.id}/sessions/revoke`)).body).toEqual({ sessionsEnded: 0 });
      expect(await api.mailsTo(account.email)).toHaveLength(1);
    });

    it('voids no reset that was mailed before', async () => {
      const account = await anAccount(api);
      await post(`${account.id}/password-reset`);
      await post(`${account.id}/sessions/revoke`);
      const [mail] = (await api.mailsTo(account.email)).filter(({ subject }) => subject === 'Set a new password');
      const body = { token: tokenIn(mail, 'password-reset'), newPassword: STRONG_PASSWORD };
      expect((await api.http.post('/account/v1/password-reset/confirm', body)).status).toBe(204);
    });

    it.each([NOBODY, 'x', '%00'])('does not find %s', async (id) => {
      expectProblem(await post(`${id}/sessions/revoke`), 404, 'account.not-found');
    });

    it('does not find an account that was deleted', async () => {
      const account = await anAccount(api);
      await api.internal.delete(`${ACCOUNTS}/${account.id}`, service);
      expectProblem(await post(`${account.id}/sessions/revoke`), 404, 'account.not-found');
    });

    // The embedded database has one session: nothing runs beside a transaction.
    if (databaseKind === 'postgres') {
      it('ends the session that a change under way keeps', async () => {
        const account = await anAccount(api);
        const { kept, commit } = await aChangeThatKeeps(account);
        const revoking = post(`${account.id}/sessions/revoke`);
        await untilBlocked();
        await commit();
        expect((await revoking).body).toEqual({ sessionsEnded: 1 });
        expect(await endedAt(kept)).not.toBeNull();
      });

      it('ends it for everybody, too', async () => {
        const account = await anAccount(api);
        const { kept, commit } = await aChangeThatKeeps(account);
        const revoking = api.internal.post('/internal/v1/sessions/revoke', undefined, admin);
        await untilBlocked();
        await commit();
        expect((await revoking).status).toBe(200);
        expect(await endedAt(kept)).not.toBeNull();
      });
    }
  });

  describe('POST /internal/v1/sessions/revoke', () => {
    const revokeAll = () => api.internal.post('/internal/v1/sessions/revoke', undefined, admin);
    const MANY = 10_000;

    it('ends 10,000 sessions within 5 s, each at every door, and is written down once [S-104]', async () => {
      const people = [await anAccount(api), await anAccount(api)];
      const tokens = [
        await signInEverywhere(api, people[0] as TestAccount),
        await signInEverywhere(api, people[1] as TestAccount),
      ];
      await revokeAll();
      const before = tokens.map(() => [] as string[]);
      expect(await Promise.all(tokens.map(openDoors))).toEqual(before);

      await api.dataSource.query(
        `INSERT INTO session (id, account_id, credential_version, idle_expires_at, expires_at)
         SELECT gen_random_uuid(), $1, 1, now() + interval '1 day', now() + interval '1 day' FROM generate_series(1, ${MANY})`,
        [people[0]?.id],
      );
      const fresh = await aSession(api, people[1] as TestAccount);
      const startedAt = performance.now();
      const answer = await revokeAll();
      expect(performance.now() - startedAt).toBeLessThan(5000);
      expect([answer.status, answer.body]).toEqual([200, { sessionsEnded: MANY + 1 }]);
      expect((await api.http.get('/account/v1/me', bearer(fresh.accessToken))).status).toBe(401);
      expect((await aSession(api, people[1] as TestAccount)).accountId).toBe(people[1]?.id);

      const rows = await api.dataSource.query<object[]>(
        `SELECT account_id, details, requester -> 'actor' AS actor FROM audit_event
         WHERE action = 'session.all-sessions-ended.v1' ORDER BY id DESC LIMIT 1`,
      );
      const actor = { kind: 'service', clientId, name: 'Billing desk' };
      expect(rows).toEqual([{ account_id: null, details: { count: MANY + 1 }, actor }]);
    });

    it('mails nobody', async () => {
      const account = await anAccount(api);
      await aSession(api, account);
      await revokeAll();
      expect(await api.mailsTo(account.email)).toEqual([]);
    });

    it('ends again what a restore from a backup has revived [S-103]', async () => {
      const account = await anAccount(api);
      const tokens = await signInEverywhere(api, account);
      await api.dataSource.query('CREATE TABLE backup AS SELECT * FROM session');
      await post(`${account.id}/sessions/revoke`);
      await api.dataSource.query('UPDATE session s SET ended_at = b.ended_at FROM backup b WHERE b.id = s.id');
      await api.dataSource.query('DROP TABLE backup');
      expect(await openDoors(tokens)).not.toEqual([]);
      await revokeAll();
      expect(await openDoors(tokens)).toEqual([]);
    });

    it('is no business of a service that only writes accounts', async () => {
      const writer = await aService(api, 'accounts:write');
      expectProblem(await api.internal.post('/internal/v1/sessions/revoke', undefined, writer), 403, 'scope.missing');
    });
  });

  /** A transaction like that of a change of password which keeps the asking session, right before its commit. */
  async function aChangeThatKeeps(account: TestAccount) {
    const runner = api.dataSource.createQueryRunner();
    const kept = randomUUID();
    await runner.startTransaction();
    await runner.query('UPDATE account SET credential_version = credential_version + 1 WHERE id = $1', [account.id]);
    await runner.query(
      `INSERT INTO session (id, account_id, credential_version, idle_expires_at, expires_at)
       VALUES ($1, $2, 2, now() + interval '1 day', now() + interval '1 day')`,
      [kept, account.id],
    );
    return {
      kept,
      commit: async () => {
        await runner.commitTransaction();
        await runner.release();
      },
    };
  }

  async function untilBlocked(): Promise<void> {
    const blocked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
    while ((await api.dataSource.query<unknown[]>(blocked)).length === 0);
  }

  async function endedAt(sessionId: string): Promise<Date | null> {
    const [row] = await api.dataSource.query<{ ended_at: Date | null }[]>(
      'SELECT ended_at FROM session WHERE id = $1',
      [sessionId],
    );
    return row?.ended_at ?? null;
  }
});
