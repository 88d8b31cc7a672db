import { randomUUID } from 'node:crypto';
import { ChangePassword, ManageAccount, nativePolicy } from '@app/account';
import type { Requester } from '@app/contracts';
import { Applications, ContinueSession, Liveness, OwnSessions, RevokeSessions } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD, type TestAccount, TEST_REQUESTER } from '../support/factories';

describe('sessions through a change', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const change = (account: TestAccount, keepSessionId: string | null = null, requester: Requester = TEST_REQUESTER) =>
    api.app.get(ChangePassword).execute(
      {
        accountId: account.id,
        currentPassword: account.password,
        newPassword: OTHER_GOOD_PASSWORD,
        keepSessionId,
      },
      { password: nativePolicy(api.settings), currentPassword: 'always' },
      requester,
    );
  const isLive = async (sessionId: string) => (await api.app.get(Liveness).of(sessionId))?.live;
  const tracesOf = (accountId: string) =>
    api.dataSource.query('SELECT DISTINCT user_agent, ip FROM session WHERE account_id = $1', [accountId]);

  it('[S-35] counts those that were live, the kept one not among them', async () => {
    const account = await anAccount(api);
    const [kept, other] = [await aSession(api, account), await aSession(api, account)];
    await api.app.get(OwnSessions).end(account.id, (await aSession(api, account)).sessionId, TEST_REQUESTER);
    const { sessionsEnded, keptSessionId } = await change(account, kept.sessionId);
    expect(sessionsEnded).toBe(1);
    expect([await isLive(kept.sessionId), await isLive(other.sessionId), await isLive(String(keptSessionId))]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('[S-35] ends all where none is kept, nor one that is somebody else’s or none', async () => {
    for (const keep of [null, randomUUID(), (await aSession(api, await anAccount(api))).sessionId]) {
      const account = await anAccount(api);
      const { sessionId } = await aSession(api, account);
      expect(await change(account, keep)).toMatchObject({ sessionsEnded: 1, keptSessionId: null });
      expect(await isLive(sessionId)).toBe(false);
    }
  });

  it('leave the traces of a person, until the account is deleted', async () => {
    const account = await anAccount(api);
    await aSession(api, account);
    await change(account);
    expect(await tracesOf(account.id)).toEqual([{ user_agent: 'test', ip: '192.0.2.1' }]);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    expect(await tracesOf(account.id)).toEqual([{ user_agent: null, ip: null }]);
  });

  it('[S-96] undo a change whose asker has ended, not one of somebody without a session', async () => {
    const [ada, bob, eve] = [await anAccount(api), await anAccount(api), await anAccount(api)];
    const by = (accountId: string, sessionId: string | null) => ({
      ...TEST_REQUESTER,
      actor: { kind: 'account' as const, accountId, sessionId },
    });
    const { sessionId } = await aSession(api, ada);
    await api.app.get(OwnSessions).end(ada.id, sessionId, TEST_REQUESTER);
    await expect(change(ada, null, by(ada.id, sessionId))).rejects.toMatchObject({ code: 'access-token.invalid' });
    await expect(change(bob, null, by(bob.id, null))).resolves.toMatchObject({ sessionsEnded: 0 });
    const live = await aSession(api, eve);
    await expect(change(eve, live.sessionId, by(eve.id, live.sessionId))).resolves.toMatchObject({ sessionsEnded: 0 });
  });

  it('are counted when a service ends them', async () => {
    const account = await anAccount(api);
    const revoke = () => api.app.get(RevokeSessions).ofAccount(account.id, TEST_REQUESTER);
    expect(await revoke()).toBe(0);
    await aSession(api, account);
    await aSession(api, account);
    expect(await revoke()).toBe(2);
    expect(await revoke()).toBe(0);
  });

  describe('that go on by a handle', () => {
    const byHandle = (handle: string | null, applicationId: string) =>
      api.app.get(ContinueSession).byHandle(String(handle), applicationId);
    const opened = async (account: TestAccount) => {
      const { clientId } = await api.app.get(Applications).register('App', TEST_REQUESTER);
      return { clientId, ...(await aSession(api, account, { renewal: 'handle', applicationId: clientId })) };
    };

    it('give tokens of the same session to the application that has opened it', async () => {
      const account = await anAccount(api);
      const { clientId, renewalToken, sessionId, sessionExpiresAt } = await opened(account);
      const next = await byHandle(renewalToken, clientId);
      expect(next).toMatchObject({ accountId: account.id, sessionId, renewalToken, sessionExpiresAt });
      expect(next.accessTokenExpiresAt.getTime()).toBeGreaterThan(Date.now());
    });

    it('[S-108] give none to another, by no other text, nor once they have ended', async () => {
      const account = await anAccount(api);
      const { clientId, renewalToken } = await opened(account);
      const stranger = await opened(await anAccount(api));
      const refused = expect.objectContaining({ code: 'session-token.invalid' }) as Error;
      await expect(byHandle(renewalToken, stranger.clientId)).rejects.toThrow(refused);
      await expect(byHandle('', clientId)).rejects.toThrow(refused);
      await change(account);
      await expect(byHandle(renewalToken, clientId)).rejects.toThrow(refused);
    });

    it('[S-104] give none once the application was revoked', async () => {
      const { clientId, renewalToken } = await opened(await anAccount(api));
      await api.app.get(Applications).revoke(clientId, TEST_REQUESTER);
      await expect(byHandle(renewalToken, clientId)).rejects.toMatchObject({ code: 'session-token.invalid' });
    });
  });

  it('give the kept one its first tokens, unless it has ended since', async () => {
    const keep = async () => {
      const account = await anAccount(api);
      return { account, ...(await change(account, (await aSession(api, account)).sessionId)) };
    };
    const tokensOf = (sessionId: string | null) => api.app.get(ContinueSession).afterChange(String(sessionId));
    const [lives, ended] = [await keep(), await keep()];
    await api.app.get(RevokeSessions).ofAccount(ended.account.id, TEST_REQUESTER);
    expect(await tokensOf(lives.keptSessionId)).toMatchObject({
      accountId: lives.account.id,
      sessionId: lives.keptSessionId,
      passwordChangeRequired: false,
    });
    expect(await tokensOf(ended.keptSessionId)).toBeNull();
  });

  it('[S-95] have tokens that end with them, and last no longer than any', async () => {
    const account = await anAccount(api);
    const long = await aSession(api, account);
    const short = await aSession(api, account, { maxSeconds: 60 });
    expect([long.expiresIn, short.expiresIn]).toEqual([api.settings.accessTokenSeconds, 60]);
    expect(short.accessTokenExpiresAt.getTime()).toBeLessThanOrEqual(short.sessionExpiresAt.getTime());
  });
});
