import { randomUUID } from 'node:crypto';
import { ManageAccount } from '@app/account';
import type { Requester } from '@app/contracts';
import { OwnSessions } from '@app/session';
import { aPerson, changePassword, expectProblem, ROOT, signIn, startEmailChange } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';

const ACTIVITY = `${ROOT}/me/activity`;
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/) as string;
const ID = expect.stringMatching(/^[1-9]\d*$/) as string;

interface Shown {
  id: string;
  action: string;
  actor: string;
}

describe('native API: the account’s own security log', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const activity = async (headers: HeaderMap, query = ''): Promise<{ events: Shown[]; next: string | null }> => {
    const answer = await api.http.get(ACTIVITY + query, headers);
    expect(answer.status).toBe(200);
    return answer.body;
  };
  const actionsOf = async (headers: HeaderMap) => (await activity(headers)).events.map(({ action }) => action);

  it('[S-132] shows what the person did, and from where, the newest first', async () => {
    const { headers } = await aPerson(api);
    await startEmailChange(api, { ...headers, 'user-agent': 'A browser' }, `${randomUUID()}@example.net`);
    const you = { id: ID, at: TIME, service: null, ip: '127.0.0.1' };
    expect(await activity(headers)).toEqual({
      events: [
        { ...you, action: 'account.email-change-requested.v1', actor: 'you', device: 'A browser' },
        { ...you, action: 'sign-in.succeeded', actor: 'anonymous', device: 'node' },
        { ...you, action: 'account.created.v1', actor: 'system', device: 'test', ip: '192.0.2.1' },
      ],
      next: null,
    });
  });

  it('[L-16] shows what a service did to the account, by its name', async () => {
    const { account, headers } = await aPerson(api);
    const service: Requester = { ...TEST_REQUESTER, actor: { kind: 'service', clientId: 'c-1', name: 'help desk' } };
    await api.app.get(ManageAccount).patch(account.id, { plan: 'FREE' }, service);
    const { events } = await activity(headers);
    expect(events[0]).toMatchObject({ action: 'account.updated.v1', actor: 'service', service: 'help desk' });
  });

  it('shows an attempt at the password by somebody who is not signed in', async () => {
    const { account, headers } = await aPerson(api);
    await api.http.post(`${ROOT}/sessions`, { email: account.email, password: 'x' });
    expect((await activity(headers)).events[0]).toMatchObject({ action: 'sign-in.failed', actor: 'anonymous' });
  });

  it('[S-135] hides from where another account acted', async () => {
    const { account, headers } = await aPerson(api);
    const actor = { kind: 'account', accountId: randomUUID(), sessionId: null } as const;
    await api.app.get(ManageAccount).patch(account.id, { plan: 'FREE' }, { ...TEST_REQUESTER, actor });
    const { events } = await activity(headers);
    expect(events[0]).toEqual({
      id: ID,
      at: TIME,
      action: 'account.updated.v1',
      actor: 'somebody-else',
      service: null,
      device: null,
      ip: null,
    });
  });

  it('[S-98] shows nobody else’s rows', async () => {
    const { headers } = await aPerson(api);
    const stranger = await aPerson(api);
    await changePassword(api, stranger.headers);
    expect(await actionsOf(headers)).toEqual(['sign-in.succeeded', 'account.created.v1']);
  });

  it('goes on page by page, each row once, to the end', async () => {
    const { account, headers } = await aPerson(api);
    await api.dataSource.query(
      `INSERT INTO audit_event (account_id, action, requester)
       SELECT $1, 'sign-in.failed', $2 FROM generate_series(1, 198)`,
      [account.id, JSON.stringify(TEST_REQUESTER)],
    );
    const first = await activity(headers);
    const second = await activity(headers, `?after=${first.next}`);
    expect([first.events.length, second.events.length, second.next]).toEqual([100, 100, null]);
    const ids = [...first.events, ...second.events].map(({ id }) => Number(id));
    expect(ids).toEqual([...new Set(ids)].sort((a, b) => b - a));
    expect(second.events.at(-1)?.action).toBe('account.created.v1');
    expect(await activity(headers, `?after=${second.events.at(-1)?.id}`)).toEqual({ events: [], next: null });
  });

  it.each(['', 'x', '0', '-1', '1.5', '1 OR 1=1', '9'.repeat(19), '%00'])('refuses the cursor “%s”', async (after) => {
    const { headers } = await aPerson(api);
    const answer = await api.http.get(`${ACTIVITY}?after=${encodeURIComponent(after)}`, headers);
    expect([answer.status, answer.body.code, answer.body.errors[0].field]).toEqual([422, 'body.invalid', 'after']);
  });

  it('[S-110] is shown to nobody who is not signed in', async () => {
    expectProblem(await api.http.get(ACTIVITY), 401, 'access-token.missing');
  });

  it.each([
    ['a logout', `${ROOT}/sessions/current`],
    ['the end of all others', `${ROOT}/sessions?scope=others`],
  ])('[S-134] has one row for %s', async (_what, path) => {
    const { account, headers } = await aPerson(api);
    const other = bearer((await signIn(api, account)).accessToken);
    // Again, where there is nothing left to end, it leaves nothing.
    for (let times = 0; times < 2; times++) expect((await api.http.delete(path, other)).status).toBe(204);
    const reader = path.includes('current') ? headers : other;
    expect((await actionsOf(reader)).filter((action) => action === 'session.ended.v1')).toHaveLength(1);
  });

  it('[S-34] [S-134] ends a session with its row or not at all', async () => {
    const { headers } = await aPerson(api);
    await api.dataSource.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'disk full'; END $$`);
    await api.dataSource.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    const answer = await api.http.delete(`${ROOT}/sessions/current`, headers);
    await api.dataSource.query('DROP FUNCTION refuse CASCADE');
    expect(answer.status).toBe(500);
    expect(await actionsOf(headers)).toEqual(['sign-in.succeeded', 'account.created.v1']);
  });

  it('[S-96] lets the token of a deleted account log out', async () => {
    const { account, headers } = await aPerson(api);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    expect((await api.http.delete(`${ROOT}/sessions/current`, headers)).status).toBe(204);
    expect(await api.app.get(OwnSessions).endAll(account.id, TEST_REQUESTER)).toBe(0);
  });

  it('[R10] holds the account before its sessions, as every change does: neither can wait for the other in a circle', async () => {
    const { account, tokens } = await aPerson(api);
    const statements: string[] = [];
    const createQueryRunner = api.dataSource.createQueryRunner.bind(api.dataSource);
    const spy = jest.spyOn(api.dataSource, 'createQueryRunner').mockImplementation((mode) => {
      const runner = createQueryRunner(mode);
      const query = runner.query.bind(runner);
      runner.query = (sql: string, ...rest: unknown[]) => {
        statements.push(sql);
        return (query as (...args: unknown[]) => Promise<never>)(sql, ...rest);
      };
      return runner;
    });
    await api.app.get(OwnSessions).endOwn(account.id, tokens.session.id, TEST_REQUESTER);
    spy.mockRestore();
    const at = (pattern: RegExp) => statements.findIndex((sql) => pattern.test(sql));
    expect(at(/"account"[^]*FOR UPDATE/)).toBeGreaterThan(-1);
    expect(at(/UPDATE session/)).toBeGreaterThan(at(/"account"[^]*FOR UPDATE/));
  });
});
