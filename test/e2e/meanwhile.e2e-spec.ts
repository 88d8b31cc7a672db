import { ChangePassword, nativePolicy, StartEmailChange } from '@app/account';
import type { Requester } from '@app/contracts';
import { Applications, OwnSessions } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { databaseKind } from '../support/database';
import { aSession, anAccount, type TestAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';
import { codeIn, tokenIn } from '../support/mailed';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

const NEXT = 'Another-Quite-Good-Password-1';
const signsIn = (account: TestAccount, password = account.password) =>
  aSession(api, { ...account, password }).then(
    () => true,
    () => false,
  );

describe('a change whose session was ended while it ran [S-96] [S-104]', () => {
  /** The guard has let the request in; then the owner ends the session, and is answered. */
  async function endedMeanwhile(account: TestAccount): Promise<Requester> {
    const { sessionId } = await aSession(api, account);
    const requester = { ...TEST_REQUESTER, actor: { kind: 'account' as const, accountId: account.id, sessionId } };
    await api.app.get(OwnSessions).endAll(account.id, TEST_REQUESTER);
    return requester;
  }

  it('does not change the password', async () => {
    const account = await anAccount(api);
    const command = {
      accountId: account.id,
      currentPassword: account.password,
      newPassword: NEXT,
      keepSessionId: null,
    };
    const policy = { password: nativePolicy(api.settings), currentPassword: 'always' as const };
    const requester = await endedMeanwhile(account);
    const change = api.app.get(ChangePassword).execute(command, policy, requester);
    await expect(change).rejects.toMatchObject({ code: 'access-token.invalid' });
    expect([await signsIn(account), await signsIn(account, NEXT)]).toEqual([true, false]);
    expect(await api.mailsTo(account.email)).toEqual([]);
  });

  it('does not change the address, and asks for no change of it', async () => {
    const account = await anAccount(api);
    const requester = await endedMeanwhile(account);
    const newEmail = 'meanwhile@example.net';
    const command = { accountId: account.id, newEmail, currentPassword: account.password };
    const start = api.app.get(StartEmailChange).execute(command, requester);
    await expect(start).rejects.toMatchObject({ code: 'access-token.invalid' });
    expect(await api.mailsTo(newEmail)).toEqual([]);
  });

  describe('with the application that had opened it', () => {
    const REVOKE = 'UPDATE application SET revoked_at = now() WHERE client_id = $1';

    async function aCallOfAnApplication() {
      const account = await anAccount(api);
      const { clientId } = await api.app.get(Applications).register('Lost phone app', TEST_REQUESTER);
      const { sessionId } = await aSession(api, account, { applicationId: clientId });
      const actor = { kind: 'account' as const, accountId: account.id, sessionId };
      const start = (newEmail: string) => {
        const command = { accountId: account.id, newEmail, currentPassword: account.password };
        return api.app.get(StartEmailChange).execute(command, { ...TEST_REQUESTER, actor });
      };
      return { clientId, start };
    }

    it('does not change the address', async () => {
      const { clientId, start } = await aCallOfAnApplication();
      await start('before-it@example.net');
      await api.dataSource.query(REVOKE, [clientId]);
      await expect(start('after-it@example.net')).rejects.toMatchObject({ code: 'access-token.invalid' });
    });

    // The embedded database has one session: there nothing happens at the same time.
    if (databaseKind === 'postgres') {
      it('waits for a revocation under way', async () => {
        const { clientId, start } = await aCallOfAnApplication();
        let outcome: Promise<unknown> | undefined;
        await api.dataSource.transaction(async (revoking) => {
          await revoking.query(REVOKE, [clientId]);
          outcome = start('during-it@example.net').catch((error: unknown) => error);
          const blocked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
          while ((await api.dataSource.query<unknown[]>(blocked)).length === 0);
        });
        expect(await outcome).toMatchObject({ code: 'access-token.invalid' });
      });
    }
  });

  it('lets a change of both in one transaction through: it ends its own session itself', async () => {
    const account = await anAccount(api);
    const { accessToken } = await aSession(api, account);
    const body = { eml: 'both-at-once@example.net', pwd: 'Zght943!' };
    const answer = await api.http.put('/api/user/v1/update', body, { 'X-Access-Token': accessToken });
    expect(answer.body.code).toBe(0);
    expect(await signsIn({ ...account, email: body.eml, password: body.pwd })).toBe(true);
  });
});

describe('a pending change that is cancelled while its code is being confirmed [R10] [S-69]', () => {
  it('does not take effect: the cancel was answered first', async () => {
    const account = await anAccount(api);
    const { accessToken } = await aSession(api, account);
    const newEmail = 'cancelled-meanwhile@example.net';
    const start = { newEmail, currentPassword: account.password };
    await api.http.post('/account/v1/me/email-change', start, bearer(accessToken));
    const code = codeIn((await api.mailsTo(newEmail))[0]);
    // The try is counted after the pending change was read and before the change begins: that is when it goes.
    await api.dataSource.query(`CREATE FUNCTION cancel_now() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN DELETE FROM pending_email_change; RETURN NEW; END $$`);
    await api.dataSource.query(
      'CREATE TRIGGER cancel_now BEFORE INSERT ON guess_budget FOR EACH ROW EXECUTE FUNCTION cancel_now()',
    );
    const confirm = await api.http.post('/account/v1/me/email-change/confirm', { code }, bearer(accessToken));
    await api.dataSource.query('DROP FUNCTION cancel_now CASCADE');
    expect([confirm.status, confirm.body.code]).toEqual([422, 'code.invalid']);
    expect((await api.http.get('/account/v1/me', bearer(accessToken))).body.email).toBe(account.email);
  });
});

describe('a thief who undoes a later change of their own [L-17] [S-65]', () => {
  it('does not free the owner’s address, and the owner’s undo still works', async () => {
    const owner = await anAccount(api);
    const [second, third] = ['thief-second@example.net', 'thief-third@example.net'];
    const thief = { ...owner, email: second, password: 'Zght943!' };
    await update(owner, { eml: second, pwd: thief.password });
    // Else its mailbox would be told without a link.
    await api.dataSource.query('UPDATE account SET email_verified = true WHERE email = $1', [second]);
    await update(thief, { eml: third });
    const ownersUndo = await undoTokenTo(owner.email);
    const thiefsUndo = await undoTokenTo(second);
    expect((await api.http.post('/account/v1/email-change/undo', { token: thiefsUndo })).status).toBe(200);

    const accomplice = await anAccount(api);
    expect((await update(accomplice, { eml: owner.email })).body.code).toBe(2002);
    const undo = await api.http.post('/account/v1/email-change/undo', { token: ownersUndo });
    expect([undo.status, undo.body.email]).toEqual([200, owner.email]);
  });

  /** The mailbox has been told of other things at the same moment. */
  async function undoTokenTo(address: string): Promise<string> {
    const mails = await api.mailsTo(address);
    return tokenIn(
      mails.find(({ text }) => text.includes('/email-change/undo/')),
      'email-change/undo',
    );
  }

  async function update(account: TestAccount, body: { eml?: string; pwd?: string }) {
    const { accessToken } = await aSession(api, account);
    return api.http.put('/api/user/v1/update', body, { 'X-Access-Token': accessToken });
  }
});
