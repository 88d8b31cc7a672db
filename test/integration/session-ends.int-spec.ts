import { randomUUID } from 'node:crypto';
import { ManageAccount } from '@app/account';
import { DomainError } from '@app/contracts';
import type { Tx } from '@app/platform';
import { AccountHold, type IssuedTokens, Liveness, OwnSessions, RevokeSessions, RevokeToken } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, type TestAccount, TEST_REQUESTER } from '../support/factories';

describe('sessions that are ended without a change', () => {
  let api: TestApi;
  let own: OwnSessions;
  let revoke: RevokeSessions;
  let account: TestAccount;
  let first: IssuedTokens;
  let second: IssuedTokens;
  beforeAll(async () => {
    api = await bootApi();
    own = api.app.get(OwnSessions);
    revoke = api.app.get(RevokeSessions);
  });
  beforeEach(async () => {
    account = await anAccount(api);
    [first, second] = [await aSession(api, account), await aSession(api, account)];
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => api.close());

  const whichLive = async () => {
    const judged = await Promise.all([first, second].map(({ sessionId }) => api.app.get(Liveness).of(sessionId)));
    return judged.map((session) => session?.live);
  };
  const revokeToken = (token: string | null) =>
    api.app.get(RevokeToken).execute(String(token), 'some service', TEST_REQUESTER);
  /** What the log says of endings, the oldest first. */
  const endings = () =>
    api.dataSource.query<{ action: string; details: object }[]>(
      `SELECT action, details FROM audit_event WHERE account_id = $1 AND action LIKE 'session.%' ORDER BY id`,
      [account.id],
    );
  const ending = (count: number, action = 'session.ended.v1') => ({ action, details: { count, credentialVersion: 1 } });
  const holdFails = (error: Error) => jest.spyOn(api.app.get(AccountHold), 'hold').mockRejectedValueOnce(error);

  it('[S-98] are listed while they live', async () => {
    await own.endOwn(account.id, first.sessionId, TEST_REQUESTER);
    expect(await own.list(account.id)).toMatchObject([{ id: second.sessionId }]);
  });

  it('[S-98] end by their id, once, and not by another’s or none', async () => {
    const end = (id: string) => own.end(account.id, id, TEST_REQUESTER);
    const stranger = await aSession(api, await anAccount(api));
    await end(first.sessionId);
    for (const id of [first.sessionId, stranger.sessionId, randomUUID(), 'x']) {
      await expect(end(id)).rejects.toMatchObject({ code: 'session.not-found' });
    }
    expect(await whichLive()).toEqual([false, true]);
    expect(await endings()).toEqual([ending(1)]);
  });

  it('[S-96] end by a logout, and a second one is no error', async () => {
    for (let times = 0; times < 2; times++) await own.endOwn(account.id, first.sessionId, TEST_REQUESTER);
    expect(await whichLive()).toEqual([false, true]);
    expect(await endings()).toEqual([ending(1)]);
  });

  it('end beside the one that asks, or all of them, and are counted', async () => {
    expect(await own.endOthers(account.id, first.sessionId, TEST_REQUESTER)).toBe(1);
    expect(await whichLive()).toEqual([true, false]);
    expect(await own.endAll(account.id, TEST_REQUESTER)).toBe(1);
    expect(await own.endAll(account.id, TEST_REQUESTER)).toBe(0);
    expect(await endings()).toEqual([ending(1), ending(1)]);
  });

  it('[S-96] of a deleted account are none any more, and a logout is no error', async () => {
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    await own.endOwn(account.id, first.sessionId, TEST_REQUESTER);
    expect(await own.endAll(account.id, TEST_REQUESTER)).toBe(0);
    await expect(own.end(account.id, first.sessionId, TEST_REQUESTER)).rejects.toMatchObject({
      code: 'session.not-found',
    });
  });

  it.each([
    ['a refusal', new DomainError('account.changed-meanwhile')],
    ['a fault', new Error('no answer')],
  ])('[S-96] [S-108] live on when the ending fails by %s, and who asked for it is told', async (_how, error) => {
    holdFails(error);
    await expect(own.endOwn(account.id, first.sessionId, TEST_REQUESTER)).rejects.toBe(error);
    holdFails(error);
    await expect(revokeToken(first.renewalToken)).rejects.toBe(error);
    expect(await whichLive()).toEqual([true, true]);
  });

  it('[S-104] end for a service, which is told how many; with any, the person is told', async () => {
    expect(await revoke.ofAccount(account.id, TEST_REQUESTER)).toBe(2);
    expect(await api.mailsTo(account.email)).toHaveLength(1);
    expect(await revoke.ofAccount(account.id, TEST_REQUESTER)).toBe(0);
    expect(await whichLive()).toEqual([false, false]);
    const action = 'session.sessions-ended.v1';
    const told = (count: number) => ({ action, details: { ...ending(count).details, canReset: true } });
    expect(await endings()).toEqual([told(2), told(0)]);
    expect(await api.mailsTo(account.email)).toHaveLength(1);
  });

  it('[S-104] end for everybody by one statement, and nobody is told', async () => {
    expect(await revoke.ofEverybody(TEST_REQUESTER)).toBeGreaterThanOrEqual(2);
    expect(await revoke.ofEverybody(TEST_REQUESTER)).toBe(0);
    expect(await whichLive()).toEqual([false, false]);
    expect(await api.mailsTo(account.email)).toEqual([]);
    const rows = await api.dataSource.query<{ details: object }[]>(
      `SELECT details FROM audit_event WHERE action = 'session.all-sessions-ended.v1' ORDER BY id DESC LIMIT 1`,
    );
    expect(rows).toEqual([{ details: { count: 0 } }]);
  });

  it('[S-108] end by any token of theirs, and no other text ends one', async () => {
    for (const text of ['', 'x', first.sessionId]) await revokeToken(text);
    expect(await whichLive()).toEqual([true, true]);
    await revokeToken(first.renewalToken);
    expect(await whichLive()).toEqual([false, true]);
    await revokeToken(second.accessToken);
    expect(await whichLive()).toEqual([false, false]);
    expect(await endings()).toEqual([ending(1), ending(1)]);
  });

  it('[S-108] are no error to revoke when the account is deleted meanwhile', async () => {
    holdFails(new DomainError('account.not-found'));
    await expect(revokeToken(first.renewalToken)).resolves.toBeUndefined();
  });

  it('[S-108] are told of once, also when somebody else ends them meanwhile', async () => {
    const accounts = api.app.get(AccountHold);
    const hold = accounts.hold.bind(accounts);
    jest.spyOn(accounts, 'hold').mockImplementationOnce(async (tx: Tx, id) => {
      await tx.manager.query('UPDATE session SET ended_at = now() WHERE account_id = $1', [id]);
      return hold(tx, id);
    });
    await revokeToken(first.renewalToken);
    expect(await endings()).toEqual([]);
  });
});
