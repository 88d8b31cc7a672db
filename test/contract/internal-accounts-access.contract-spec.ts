import { randomUUID } from 'node:crypto';
import type { EventName } from '@app/contracts';
import type { FeedEvent } from '@app/platform';
import { ServiceClients } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { tokenIn } from '../support/mailed';
import { askForToken, basic, expectProblem, NOBODY } from './internal-callers';
import { importAccounts, ndjson } from './internal-import-client';

const ACCOUNTS = '/internal/v1/accounts';
const STRONG_PASSWORD = 'a walk along the winter canal';

describe('what a service does to an account', () => {
  let api: TestApi;
  let service: HeaderMap;
  let clientId: string;
  const post = (path: string) => api.internal.post(`${ACCOUNTS}/${path}`, undefined, service);
  beforeAll(async () => {
    api = await bootApi();
    const client = await api.app
      .get(ServiceClients)
      .create('Billing desk', ['accounts:read', 'accounts:write', 'admin', 'events:read'], TEST_REQUESTER);
    clientId = client.id;
    service = bearer((await askForToken(api, basic(client.id, client.secret))).body.access_token);
  });
  afterAll(() => api.close());

  /** What the feed says of an account, the oldest first. */
  async function feedOf(id: string): Promise<Pick<FeedEvent, 'name' | 'actor'>[]> {
    const { status, body } = await api.internal.get('/internal/v1/events?limit=500', service);
    expect(status).toBe(200);
    const events = (body.events as FeedEvent[]).filter(({ data }) => data.accountId === id);
    return events.map(({ name, actor }) => ({ name, actor }));
  }

  describe('is told and written down with its name [L-16]', () => {
    const desk = () => ({ kind: 'service', clientId, name: 'Billing desk' });
    type Act = (path: string) => Promise<HttpAnswer>;
    const patch = (body: object) => (path: string) => api.internal.patch(path, body, service);
    const ACTS: [string, Act, number, EventName, string][] = [
      ['disabling it', patch({ disabled: true }), 200, 'account.disabled.v1', 'Your account was disabled'],
      [
        'changing its plan',
        patch({ plan: 'FREE', locale: 'en' }),
        200,
        'account.updated.v1',
        'Details of your account were changed',
      ],
      [
        'requiring another password',
        (path) => api.internal.post(`${path}/require-password-change`, undefined, service),
        204,
        'account.password-change-required.v1',
        'You must set a new password',
      ],
      [
        'ending its sessions',
        (path) => api.internal.post(`${path}/sessions/revoke`, undefined, service),
        200,
        'session.sessions-ended.v1',
        'Every session of your account was ended',
      ],
      [
        'mailing a reset',
        (path) => api.internal.post(`${path}/password-reset`, undefined, service),
        202,
        'account.password-reset-requested.v1',
        'Set a new password',
      ],
      [
        'deleting it',
        (path) => api.internal.delete(path, service),
        204,
        'account.deleted.v1',
        'Your account was deleted',
      ],
    ];

    it.each(ACTS)('%s', async (_what, act, status, event, subject) => {
      const account = await anAccount(api);
      await aSession(api, account);
      const before = await feedOf(account.id);
      expect((await act(`${ACCOUNTS}/${account.id}`)).status).toBe(status);
      expect(await feedOf(account.id)).toEqual([...before, { name: event, actor: desk() }]);

      const mails = await api.mailsTo(account.email);
      expect(mails.map((mail) => mail.subject)).toEqual([subject]);
      for (const { text } of mails) expect(text).toContain('\nBy: the service "Billing desk"\n');
      const rows = await api.dataSource.query<object[]>(
        `SELECT action, requester -> 'actor' AS actor FROM audit_event
         WHERE account_id = $1 AND requester -> 'actor' ->> 'kind' = 'service'`,
        [account.id],
      );
      expect(rows).toEqual([{ action: event, actor: desk() }]);
    });

    it('making it, by itself and among others [S-132]', async () => {
      const [one, another] = [randomUUID(), randomUUID()].map((id) => ({ email: `${id}@example.com` }));
      const made = await api.internal.post(ACCOUNTS, one, service);
      const { lines } = await importAccounts(api, service, ndjson([another]));
      for (const id of [made.body.id as string, lines[0]?.id ?? '']) {
        expect(await feedOf(id)).toEqual([{ name: 'account.created.v1', actor: desk() }]);
      }
    });

    it('enabling it again', async () => {
      const account = await anAccount(api);
      await api.internal.patch(`${ACCOUNTS}/${account.id}`, { disabled: true }, service);
      await api.internal.patch(`${ACCOUNTS}/${account.id}`, { disabled: false }, service);
      const [mail] = await api.mailsTo(account.email);
      expect(mail?.subject).toBe('Your account was enabled again');
      expect(mail?.text).toContain('\nBy: the service "Billing desk"\n');
      const rows = await api.dataSource.query<object[]>(
        `SELECT action FROM audit_event WHERE account_id = $1 ORDER BY id DESC LIMIT 1`,
        [account.id],
      );
      expect(rows).toEqual([{ action: 'account.enabled.v1' }]);
    });

    it('says which fields were changed, and not to what, and nothing of those that stay', async () => {
      const account = await anAccount(api);
      for (let time = 0; time < 2; time++) {
        const body = { plan: 'FREE', locale: 'en', displayName: 'Ada' };
        expect((await api.internal.patch(`${ACCOUNTS}/${account.id}`, body, service)).status).toBe(200);
      }
      const [mail, ...others] = await api.mailsTo(account.email);
      expect(mail?.text).toContain('This was changed:\n- the plan\n- the name\n\n');
      expect(others).toEqual([]);
      const rows = await api.dataSource.query<object[]>(
        `SELECT details FROM audit_event WHERE account_id = $1 AND action = 'account.updated.v1'`,
        [account.id],
      );
      expect(rows).toEqual([{ details: { credentialVersion: 1, fields: ['plan', 'displayName'] } }]);
    });
  });

  describe('POST …/:id/password-reset [S-17]', () => {
    it('mails a link that sets a new password, and shows it to nobody else', async () => {
      const account = await anAccount(api);
      const { accessToken } = await aSession(api, account);
      const answer = await post(`${account.id}/password-reset`);
      expect([answer.status, answer.text]).toEqual([202, '']);
      expect((await api.http.get('/account/v1/me', bearer(accessToken))).status).toBe(200);

      const token = tokenIn((await api.mailsTo(account.email))[0], 'password-reset');
      const confirm = await api.http.post('/account/v1/password-reset/confirm', {
        token,
        newPassword: STRONG_PASSWORD,
      });
      expect(confirm.status).toBe(204);
      expect((await api.http.get('/account/v1/me', bearer(accessToken))).status).toBe(401);
      expect((await aSession(api, { ...account, password: STRONG_PASSWORD })).passwordChangeRequired).toBe(false);
    });

    it('takes no password', async () => {
      const account = await anAccount(api);
      const body = { password: 'x', newPassword: 'x' };
      await api.internal.post(`${ACCOUNTS}/${account.id}/password-reset`, body, service);
      expect((await aSession(api, account)).accountId).toBe(account.id);
    });

    it('gets through although strangers have used up the mailbox’s quota', async () => {
      const account = await anAccount(api);
      for (let n = 0; n < 12; n += 1) await api.http.post('/account/v1/password-reset', { email: account.email });
      const before = (await api.mailsTo(account.email)).length;
      expect((await post(`${account.id}/password-reset`)).status).toBe(202);
      expect(await api.mailsTo(account.email)).toHaveLength(before + 1);
    });

    it('is not sent for a disabled account', async () => {
      const account = await anAccount(api);
      await api.internal.patch(`${ACCOUNTS}/${account.id}`, { disabled: true }, service);
      expectProblem(await post(`${account.id}/password-reset`), 409, 'password-reset.not-sendable');
    });

    it('is not sent to an unproved address while its change can be undone [L-7]', async () => {
      const account = await anAccount(api);
      const { accessToken } = await aSession(api, account);
      const taken = `thief-${randomUUID().slice(0, 8)}@example.net`;
      const change = await api.http.put('/api/user/v1/update', { eml: taken }, { 'X-Access-Token': accessToken });
      expect(change.body.code).toBe(0);
      expectProblem(await post(`${account.id}/password-reset`), 409, 'password-reset.not-sendable');
    });

    it.each([NOBODY, 'x', '%00'])('does not find %s', async (id) => {
      expectProblem(await post(`${id}/password-reset`), 404, 'account.not-found');
    });
  });
});
