import { randomUUID } from 'node:crypto';
import { ApiKeys } from '@app/account';
import { Applications } from '@app/session';
import { BootstrapInstallation } from '../../apps/api/src/bootstrap-installation';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { gistOf, tokenIn } from '../support/mailed';
import { aServiceClient, askForToken, basic, NOBODY, type TestServiceClient } from './internal-callers';
import { aShortToken, AUTH, expectCode, keyed, UPDATE } from './vivoldi-client';

const APPLICATIONS = '/internal/v1/applications';
const API_KEYS = '/internal/v1/api-keys';
const SERVICE_CLIENTS = '/internal/v1/service-clients';

interface Trace {
  action: string;
  account_id: string | null;
  details: Record<string, unknown>;
  client_id: string | null;
}

describe('what is done to credentials of services and programs', () => {
  let api: TestApi;
  let client: TestServiceClient;
  let admin: HeaderMap;
  let lastId = '0';

  beforeAll(async () => {
    api = await bootApi();
    client = await aServiceClient(api, 'admin', 'events:read');
    const { body } = await askForToken(api, basic(client.id, client.secret));
    admin = bearer(body.access_token);
  });
  afterAll(() => api.close());
  /** Rows so far are none of the test's. */
  const begin = async () => {
    [{ id: lastId }] = await api.dataSource.query<[{ id: string }]>('SELECT max(id) AS id FROM audit_event');
  };
  beforeEach(begin);

  /** The rows since the beginning, oldest first. */
  const traces = (): Promise<Trace[]> =>
    api.dataSource.query(
      `SELECT action, account_id, details, requester #>> '{actor,clientId}' AS client_id
       FROM audit_event WHERE id > $1 ORDER BY id`,
      [lastId],
    );
  const trace = (action: string, details: object, accountId: string | null = null) => ({
    action,
    account_id: accountId,
    details,
    client_id: client.id,
  });
  /** What the event feed has shown of a name. */
  const feedOf = async (name: string) => {
    const { body } = await api.internal.get('/internal/v1/events?limit=500', admin);
    return (body.events as { name: string; data: object }[]).filter((event) => event.name === name);
  };

  it('[S-132] leaves a row for a service client made, rotated and revoked, with its scopes and without a secret', async () => {
    const wishes = { name: 'billing', scopes: ['accounts:read'] };
    const made = await api.internal.post(SERVICE_CLIENTS, wishes, admin);
    const { clientId, clientSecret } = made.body;
    const rotated = await api.internal.post(`${SERVICE_CLIENTS}/${clientId}/rotate`, { overlapSeconds: 60 }, admin);
    // Ending it again changes nothing, so it leaves nothing.
    for (let times = 0; times < 2; times++) await api.internal.delete(`${SERVICE_CLIENTS}/${clientId}`, admin);
    const rows = await traces();
    expect(rows).toEqual([
      trace('service-client.created.v1', { clientId, ...wishes }),
      trace('service-client.rotated.v1', { clientId, name: 'billing', overlapSeconds: 60 }),
      trace('service-client.revoked.v1', { clientId, name: 'billing' }),
    ]);
    for (const secret of [clientSecret, rotated.body.clientSecret]) expect(JSON.stringify(rows)).not.toContain(secret);
  });

  it('[S-132] leaves a row for an application registered and revoked', async () => {
    const { body } = await api.internal.post(APPLICATIONS, { name: 'Mobile app' }, admin);
    const { clientId } = body;
    for (let times = 0; times < 2; times++) await api.internal.delete(`${APPLICATIONS}/${clientId}`, admin);
    expect(await traces()).toEqual([
      trace('application.registered.v1', { clientId, name: 'Mobile app' }),
      trace('application.revoked.v1', { clientId, name: 'Mobile app' }),
    ]);
  });

  it('[S-132] leaves a row of the account for an API key made, rotated and revoked', async () => {
    const account = await anAccount(api);
    await begin();
    const made = await api.internal.post(API_KEYS, { accountId: account.id }, admin);
    const rotated = await api.internal.post(`${API_KEYS}/${made.body.id}/rotate`, { overlapSeconds: 60 }, admin);
    for (let times = 0; times < 2; times++) await api.internal.delete(`${API_KEYS}/${rotated.body.id}`, admin);
    const of = { credentialVersion: 1 };
    const rows = await traces();
    expect(rows).toEqual([
      trace('api-key.created.v1', { ...of, apiKeyId: made.body.id }, account.id),
      trace(
        'api-key.rotated.v1',
        { ...of, apiKeyId: rotated.body.id, replacedApiKeyId: made.body.id, replacedUntil: expect.any(String) },
        account.id,
      ),
      trace('api-key.revoked.v1', { ...of, apiKeyId: rotated.body.id }, account.id),
    ]);
    for (const { body } of [made, rotated]) expect(JSON.stringify(rows)).not.toContain(body.apiKey);
  });

  it('names the account in one spelling, whatever was sent: by that its traces are found when it is deleted', async () => {
    const account = await anAccount(api);
    const { body } = await api.internal.post(API_KEYS, { accountId: account.id.toUpperCase() }, admin);
    const data = { accountId: account.id, credentialVersion: 1, apiKeyId: body.id };
    expect((await feedOf('api-key.created.v1')).map((event) => event.data)).toContainEqual(data);
  });

  it('[L-16] tells the person of each key that is made, rotated or revoked, and which service did it', async () => {
    const account = await anAccount(api, { locale: 'zh' });
    const made = await api.internal.post(API_KEYS, { accountId: account.id }, admin);
    const rotated = await api.internal.post(`${API_KEYS}/${made.body.id}/rotate`, {}, admin);
    await api.internal.delete(`${API_KEYS}/${rotated.body.id}`, admin);
    const mails = await api.mailsTo(account.email);
    expect(mails.map(({ subject }) => subject).sort()).toEqual([
      '您的账户已创建 API 密钥',
      '您账户的 API 密钥已撤销',
      '您账户的 API 密钥已更换',
    ]);
    for (const { text, html } of mails) {
      expect(text).toContain('操作者：服务“test”');
      for (const { body } of [made, rotated]) expect(text + html).not.toContain(body.apiKey);
    }
  });

  it('[S-17] [L-16] tells the person of a key by which a service sets their password, and they can disown it', async () => {
    const account = await anAccount(api);
    const { accessToken } = await aSession(api, account);
    const made = await api.internal.post(API_KEYS, { accountId: account.id }, admin);
    const [ofKey] = await api.mailsTo(account.email);
    expect(gistOf(ofKey)).toBe('An API key was made for your account');
    expect(ofKey?.text).toContain('By: the service "test"');

    const changed = await api.http.put(UPDATE, { pwd: 'Zght943!' }, await aShortToken(api, made.body.apiKey));
    expectCode(changed, 0);
    expect((await api.http.get('/account/v1/me', bearer(accessToken))).status).toBe(401);
    const [ofChange, ...earlier] = await api.mailsTo(account.email);
    expect(gistOf(ofChange)).toBe('Your password was changed → not-me');
    expect(earlier).toEqual([ofKey]);
    const disowned = await api.http.post('/account/v1/not-me', { token: tokenIn(ofChange, 'not-me') });
    expect(disowned.status).toBe(200);
    const signIn = { email: account.email, password: 'Zght943!' };
    expect((await api.http.post('/account/v1/sessions', signIn)).status).toBe(401);
    expectCode(await api.http.post(AUTH, {}, keyed(made.body.apiKey)), 1104);
  });

  it('shows other services the keys of accounts, and neither who was let in nor under which name', async () => {
    const account = await anAccount(api);
    const { body } = await api.internal.post(API_KEYS, { accountId: account.id }, admin);
    await api.internal.post(SERVICE_CLIENTS, { name: 'hidden', scopes: ['admin'] }, admin);
    await api.internal.post(APPLICATIONS, { name: 'hidden' }, admin);
    const data = { accountId: account.id, credentialVersion: 1, apiKeyId: body.id };
    expect((await feedOf('api-key.created.v1')).map((event) => event.data)).toContainEqual(data);
    expect(await feedOf('service-client.created.v1')).toEqual([]);
    expect(await feedOf('application.registered.v1')).toEqual([]);
  });

  it('[S-34] [S-134] happens with its row or not at all', async () => {
    const account = await anAccount(api);
    await api.dataSource.query(`CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$
      BEGIN RAISE EXCEPTION 'disk full'; END $$`);
    await api.dataSource.query(
      'CREATE TRIGGER refuse BEFORE INSERT ON audit_event FOR EACH ROW EXECUTE FUNCTION refuse()',
    );
    const made = await api.internal.post(API_KEYS, { accountId: account.id }, admin);
    const revoked = await api.internal.delete(`${SERVICE_CLIENTS}/${client.id}`, admin);
    await api.dataSource.query('DROP FUNCTION refuse CASCADE');
    expect([made.status, revoked.status]).toEqual([500, 500]);
    expect(await api.app.get(ApiKeys).list(account.id)).toEqual([]);
    expect((await askForToken(api, basic(client.id, client.secret))).status).toBe(200);
  });

  it('of a deleted account is neither made nor rotated, and its keys are revoked already', async () => {
    const account = await anAccount(api);
    const { body } = await api.internal.post(API_KEYS, { accountId: account.id }, admin);
    const writer = await aServiceClient(api, 'accounts:write');
    const token = await askForToken(api, basic(writer.id, writer.secret));
    await api.internal.delete(`/internal/v1/accounts/${account.id}`, bearer(token.body.access_token));
    expect((await api.internal.delete(`${API_KEYS}/${body.id}`, admin)).status).toBe(204);
    const rotated = await api.internal.post(`${API_KEYS}/${body.id}/rotate`, {}, admin);
    const made = await api.internal.post(API_KEYS, { accountId: account.id }, admin);
    expect([rotated.body.code, made.body.code]).toEqual(['api-key.not-found', 'account.not-found']);
  });

  it('does nothing at a start to what stands: no row, no other name, no other secret', async () => {
    const { applicationId = '', serviceClient } = api.settings.bootstrap;
    await api.dataSource.query(`UPDATE application SET name = 'renamed' WHERE client_id = $1`, [applicationId]);
    await api.app.get(BootstrapInstallation).execute();
    const names = (await api.app.get(Applications).list({ limit: 100 })).applications.map(({ name }) => name);
    expect([names.includes('renamed'), names.includes('bootstrap')]).toEqual([true, false]);
    expect((await askForToken(api, basic(serviceClient?.id ?? '', serviceClient?.secret ?? ''))).status).toBe(200);
    expect(await traces()).toEqual([]);
  });

  it('tells nobody of the key that the first account is made with', async () => {
    expect(await api.mailsTo(api.settings.bootstrap.account?.email ?? '')).toEqual([]);
    const rows: unknown[] = await api.dataSource.query(
      `SELECT 1 FROM audit_event WHERE action = 'api-key.created.v1' AND requester #>> '{actor,kind}' = 'system'`,
    );
    expect(rows).toHaveLength(1);
  });

  it.each([NOBODY, randomUUID()])('leaves nothing for an id that is nobody’s, %s', async (id) => {
    for (const path of [API_KEYS, SERVICE_CLIENTS, APPLICATIONS]) {
      expect((await api.internal.delete(`${path}/${id}`, admin)).status).toBe(404);
    }
    expect(await traces()).toEqual([]);
  });
});
