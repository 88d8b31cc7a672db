import { UnitOfWork } from '@app/platform';
import { SettleRestore } from '../../apps/api/src/restore/settle-restore';
import { anAddress, UPDATE } from '../contract/vivoldi-client';
import { aService } from '../contract/internal-callers';
import { bootApi, type TestApi } from '../support/boot-api';
import { aPerson } from './native-driver';

describe('an alert that was parked before a restore and is retried by hand after it', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it.each([
    ['brings a new undo link where the operator kept those', 'keep', true],
    ['[S-103] brings no undo link where the operator ended those', 'end', false],
  ] as const)('%s', async (_, undoLinks, hasLink) => {
    const { account, tokens } = await aPerson(api);
    await api.http.put(UPDATE, { eml: anAddress() }, { 'X-Access-Token': tokens.accessToken });
    const [{ id }] = await api.dataSource.query<[{ id: string }]>(
      `WITH parked AS (
         UPDATE outbox_delivery SET status = 'parked', sealed = NULL, finished_at = now() WHERE target = $1 RETURNING id
       ) SELECT id FROM parked`,
      [account.email],
    );
    const settle = new SettleRestore(api.app.get(UnitOfWork));
    await settle.execute({ keys: 'keep', undoLinks, passwords: 'keep', changedIds: [] });

    await api.internal.post(`/internal/v1/outbox/${id}/retry`, undefined, await aService(api, 'admin'));
    const [mail] = await api.mailsTo(account.email);
    expect(mail?.subject).toBe('Your e-mail address was changed');
    expect(mail?.text.includes('/email-change/undo/')).toBe(hasLink);
  });
});
