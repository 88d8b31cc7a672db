import { aPerson, changePassword, me, trySignIn } from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';

const CANARY = 'canary-4f1c';

describe('GET /metrics', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const metrics = () => api.internal.get('/metrics');
  /** The values of one series, by its labels. */
  async function seriesOf(name: string): Promise<Record<string, number>> {
    const lines = (await metrics()).text.split('\n').filter((line) => line.startsWith(`${name}{`));
    return Object.fromEntries(lines.map((line) => [/\{(.*)\}/.exec(line)?.[1], Number(line.split('} ')[1])]));
  }

  it('answers the text format of Prometheus, on the internal listener alone', async () => {
    const { status, headers, text } = await metrics();
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(text).toContain('# TYPE rekey_http_request_duration_seconds histogram\n');
    expect(text).toContain('# TYPE process_resident_memory_bytes gauge\n');
    expect((await api.http.get('/metrics')).status).toBe(404);
  });

  it('[S-24] counts requests by the pattern of their route, and errors by their code', async () => {
    const { tokens } = await aPerson(api);
    await me(api, tokens);
    await me(api, { accessToken: 'none' });
    await trySignIn(api, { email: 'nobody@example.com', password: 'not the password at all' });
    const requests = await seriesOf('rekey_http_request_duration_seconds_count');
    expect(requests['listener="public",method="GET",route="/account/v1/me",status="200"']).toBe(1);
    expect(requests['listener="public",method="GET",route="/account/v1/me",status="401"']).toBe(1);
    expect(await seriesOf('rekey_errors_total')).toMatchObject({
      'code="access-token.invalid"': 1,
      'code="credentials.invalid"': 1,
    });
  });

  it('tells how many deliveries wait, and the rest without the database', async () => {
    const { headers } = await aPerson(api);
    await changePassword(api, headers);
    expect(await seriesOf('rekey_outbox_deliveries')).toEqual({ 'status="due"': 1, 'status="parked"': 0 });
    await api.dataSource.query('ALTER TABLE outbox_delivery RENAME TO outbox_delivery_elsewhere');
    expect(await seriesOf('rekey_outbox_deliveries')).toEqual({});
    expect(await seriesOf('rekey_http_request_duration_seconds_count')).not.toEqual({});
    await api.dataSource.query('ALTER TABLE outbox_delivery_elsewhere RENAME TO outbox_delivery');
  });

  it('[S-131] has no label that a caller could write', async () => {
    const headers = { 'user-agent': CANARY, 'x-request-id': CANARY, authorization: `Bearer ${CANARY}` };
    await api.http.get(`/${CANARY}?${CANARY}=${CANARY}`, headers);
    await api.http.get(`/account/v1/me/${CANARY}`, headers);
    await api.http.post('/account/v1/sessions', { email: `${CANARY}@example.com`, password: CANARY }, headers);
    await api.internal.get(`/internal/v1/accounts/${CANARY}`, headers);
    const { text } = await metrics();
    expect(text).toContain('route="unknown",status="404"');
    expect(text).not.toContain(CANARY);
  });
});
