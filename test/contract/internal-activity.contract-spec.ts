import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import {
  aService,
  aServiceClient,
  askForToken,
  basic,
  expectFields,
  expectProblem,
  FORM,
  NOBODY,
  type TestServiceClient,
} from './internal-callers';

const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;
const ID = expect.stringMatching(/^[1-9]\d*$/) as string;

describe('what a service client has done, for administrators', () => {
  let api: TestApi;
  let admin: HeaderMap;
  let client: TestServiceClient;
  let headers: HeaderMap;

  beforeAll(async () => {
    api = await bootApi();
    admin = await aService(api, 'admin');
  });
  afterAll(() => api.close());
  beforeEach(async () => {
    client = await aServiceClient(api, 'accounts:write', 'admin');
    headers = bearer((await askForToken(api, basic(client.id, client.secret))).body.access_token);
  });

  const activity = (query = '', id = client.id) =>
    api.internal.get(`/internal/v1/service-clients/${id}/activity${query}`, admin);

  it('[S-132] also what it was refused for want of a scope, by its token and by its secret', async () => {
    const refused = await api.internal.get('/internal/v1/events', headers);
    const { id, secret } = client;
    const asked = await api.internal.post('/oauth2/introspect', 'token=x', { ...FORM, ...basic(id, secret) });
    expect([refused.status, asked.status]).toEqual([403, 403]);
    const rows = [asked, refused].map((answer) => ({
      action: 'service.scope-missing',
      accountId: null,
      requestId: answer.headers.get('x-request-id'),
      details: {},
    }));
    expect((await activity()).body.events).toMatchObject(rows);
  });

  it('[S-132] is listed newest first, with account, request, network address and details, without an address', async () => {
    const { id: accountId } = await anAccount(api);
    const patched = await api.internal.patch(`/internal/v1/accounts/${accountId}`, { plan: 'BUSINESS' }, headers);
    const email = 'created-by-a-service@example.com';
    const created = await api.internal.post('/internal/v1/accounts', { email }, headers);
    const registered = await api.internal.post('/internal/v1/applications', { name: 'Mobile app' }, headers);
    const common = { id: ID, at: TIME, ip: '127.0.0.1' };
    const requestId = (answer: { headers: Headers }) => answer.headers.get('x-request-id');
    const answer = await activity();
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      events: [
        {
          ...common,
          action: 'application.registered.v1',
          accountId: null,
          requestId: requestId(registered),
          details: { clientId: registered.body.clientId, name: 'Mobile app' },
        },
        {
          ...common,
          action: 'account.created.v1',
          accountId: created.body.id,
          requestId: requestId(created),
          details: { credentialVersion: 1 },
        },
        {
          ...common,
          action: 'account.updated.v1',
          accountId,
          requestId: requestId(patched),
          details: { credentialVersion: 1, fields: ['plan'] },
        },
      ],
      next: null,
    });
  });

  it('holds nothing of another client, and nothing that was done to it', async () => {
    await api.internal.post(`/internal/v1/service-clients/${client.id}/rotate`, { overlapSeconds: 60 }, admin);
    expect((await activity()).body).toEqual({ events: [], next: null });
  });

  it('goes on page by page, also for a client that was revoked since', async () => {
    await api.dataSource.query(
      `INSERT INTO audit_event (action, requester)
       SELECT 'account.updated.v1', jsonb_build_object('requestId', n::text, 'ip', NULL, 'actor',
         jsonb_build_object('kind', 'service', 'clientId', $1::text)) FROM generate_series(1, 101) n`,
      [client.id],
    );
    await api.internal.delete(`/internal/v1/service-clients/${client.id}`, admin);
    const { body: first } = await activity();
    const { body: second } = await activity(`?after=${first.next}`);
    expect(first.events).toHaveLength(100);
    expect(first.events[0].requestId).toBe('101');
    expect(second.events.map(({ requestId }: { requestId: string }) => requestId)).toEqual(['1']);
    expect(second.next).toBeNull();
  });

  it('shows who tried a parked delivery again', async () => {
    const account = await anAccount(api);
    await api.internal.post(`/internal/v1/accounts/${account.id}/require-password-change`, undefined, headers);
    const parked = `UPDATE outbox_delivery SET status = 'parked', sealed = NULL, finished_at = now()
      WHERE target = $1 RETURNING id`;
    const [[{ id: deliveryId }]] = await api.dataSource.query<[[{ id: string }]]>(parked, [account.email]);
    await api.internal.post(`/internal/v1/outbox/${deliveryId}/retry`, undefined, headers);
    const details = { deliveryId, consumer: 'notifications.send-mail' };
    expect((await activity()).body.events[0]).toMatchObject({ action: 'delivery.retried.v1', details });
  });

  it('is found by an index, however long the log is', async () => {
    await api.dataSource.transaction(async (manager) => {
      await manager.query('SET LOCAL enable_seqscan = off');
      const plan: object[] = await manager.query(
        `EXPLAIN SELECT id FROM audit_event WHERE requester #>> '{actor,clientId}' = $1
         AND ($2::bigint IS NULL OR id < $2) ORDER BY id DESC LIMIT 101`,
        ['x', null],
      );
      expect(JSON.stringify(plan)).toContain('audit_event_service');
    });
  });

  it.each(['', 'x', '0', '9'.repeat(19)])('is refused for the cursor “%s”', async (after) => {
    expectFields(await activity(`?after=${after}`), ['after matches']);
  });

  it.each([NOBODY, 'nobody', '%00'])('is not found for %s', async (id) => {
    expectProblem(await activity('', id), 404, 'service-client.not-found');
  });
});
