import { OutboxSignal } from '../../libs/platform/src/outbox/outbox-signal';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { ManageAccount } from '@app/account';
import { aService, expectProblem, NOBODY } from './internal-callers';

const OUTBOX = '/internal/v1/outbox';

describe('parked deliveries', () => {
  let api: TestApi;
  let admin: HeaderMap;
  beforeEach(async () => {
    api = await bootApi();
    admin = await aService(api, 'admin');
  });
  afterEach(() => api.close());

  /** As a deliverer parks what it gives up. */
  async function aParkedDelivery() {
    const account = await anAccount(api);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const [row] = await api.dataSource.query<{ id: string }[]>(
      `WITH parked AS (
         UPDATE outbox_delivery SET status = 'parked', attempts = 55, last_error = 'Error ECONNREFUSED', sealed = NULL,
           finished_at = clock_timestamp()
         WHERE target = $1 RETURNING id
       ) SELECT id FROM parked`,
      [account.email],
    );
    return { id: String(row?.id), email: account.email };
  }

  it('are listed, the longest parked first, without what they would tell', async () => {
    const first = await aParkedDelivery();
    const second = await aParkedDelivery();
    const answer = await api.internal.get(OUTBOX, admin);
    expect(answer.status).toBe(200);
    const parked = {
      consumer: 'notifications.send-mail',
      attempts: 55,
      lastError: 'Error ECONNREFUSED',
      createdAt: expect.any(String),
      parkedAt: expect.any(String),
    };
    expect(answer.body).toEqual({
      deliveries: [
        { id: first.id, ...parked },
        { id: second.id, ...parked },
      ],
    });
    expect(answer.text).not.toContain(first.email);
  });

  it('go out again when they are retried, and wake the deliverer', async () => {
    const { id, email } = await aParkedDelivery();
    expect(await api.mailsTo(email)).toEqual([]);
    let woken = 0;
    api.app.get(OutboxSignal).onRaise(() => (woken += 1));

    const answer = await api.internal.post(`${OUTBOX}/${id}/retry`, undefined, admin);
    expect([answer.status, answer.text, woken]).toEqual([204, '', 1]);
    expect((await api.internal.get(OUTBOX, admin)).body).toEqual({ deliveries: [] });
    expect(await api.mailsTo(email)).toHaveLength(1);
    expectProblem(await api.internal.post(`${OUTBOX}/${id}/retry`, undefined, admin), 404, 'delivery.not-found');
  });

  it('are not found under another id', async () => {
    const { id } = await aParkedDelivery();
    for (const other of [NOBODY, 'x', '%00', id.slice(1)]) {
      expectProblem(await api.internal.post(`${OUTBOX}/${other}/retry`, {}, admin), 404, 'delivery.not-found');
    }
  });
});
