import { randomUUID } from 'node:crypto';
import { setImmediate as turn } from 'node:timers/promises';
import { StartEmailChange } from '@app/account';
import { Liveness } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, TEST_REQUESTER } from '../support/factories';

describe('Liveness', () => {
  let api: TestApi;
  let liveness: Liveness;
  beforeAll(async () => {
    api = await bootApi();
    liveness = new Liveness(api.dataSource);
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => api.close());

  const sessions = async (count: number): Promise<string[]> => {
    const account = await anAccount(api);
    const opened = await Promise.all(Array.from({ length: count }, () => aSession(api, account)));
    return opened.map(({ sessionId }) => sessionId);
  };

  /** Watches the queries on their way to the database; they all get there. */
  const queries = () => jest.spyOn(api.dataSource, 'query').mock.calls;

  it('answers all who come together by one query, each with its own session', async () => {
    const ids = [...(await sessions(8)), randomUUID()];
    const sent = queries();
    const found = await Promise.all([...ids, ...ids].map((id) => liveness.of(id)));
    expect(found.map((session) => session?.id)).toEqual([...ids.slice(0, 8), undefined, ...ids.slice(0, 8), undefined]);
    expect(sent).toHaveLength(1);
  });

  it('[S-35] [S-100] never lets one join a query that is on its way, nor gives a result again', async () => {
    const [id] = await sessions(1);
    const sent = queries();
    const first = liveness.of(String(id));
    while (sent.length === 0) await turn();
    const second = liveness.of(String(id));
    expect((await Promise.all([first, second])).map((session) => session?.live)).toEqual([true, true]);
    expect(sent).toHaveLength(2);
    await api.dataSource.query('UPDATE session SET ended_at = now() WHERE id = $1', [id]);
    expect((await liveness.of(String(id)))?.live).toBe(false);
  });

  it('does not let an id that is none spoil the query of the others', async () => {
    const [id] = await sessions(1);
    const found = await Promise.all(['not-an-id', String(id), `${id}'`].map((each) => liveness.of(each)));
    expect(found.map((session) => session?.live)).toEqual([undefined, true, undefined]);
  });

  it('tells of the change of address that waits, where one does', async () => {
    const account = await anAccount(api);
    const { sessionId } = await aSession(api, account);
    expect((await liveness.of(sessionId))?.pendingEmailChange).toBeNull();
    const command = { accountId: account.id, newEmail: 'next@example.com', currentPassword: account.password };
    const { id, newEmail, expiresAt, resendAfter } = await api.app
      .get(StartEmailChange)
      .execute(command, TEST_REQUESTER);
    expect((await liveness.of(sessionId))?.pendingEmailChange).toEqual({ id, newEmail, expiresAt, resendAfter });
  });

  it('[S-99] rejects when the database cannot answer, for everybody who asked', async () => {
    const ids = await sessions(2);
    await api.dataSource.query('ALTER VIEW live_session RENAME TO live_session_elsewhere');
    const asked = await Promise.allSettled(ids.map((id) => liveness.of(id)));
    await api.dataSource.query('ALTER VIEW live_session_elsewhere RENAME TO live_session');
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect((await liveness.of(String(ids[0])))?.live).toBe(true);
  });
});
