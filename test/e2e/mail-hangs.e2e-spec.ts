import { bootMailingApi, type MailingApi } from '../support/boot-mailing-api';
import { anAccount, type TestAccount } from '../support/factories';
import type { MailServer } from '../support/mail-server';
import { CHANGES, signInEverywhere } from '../support/surfaces';

describe('while the mail server takes messages and answers nothing', () => {
  let mailing: MailingApi;
  let server: MailServer;
  beforeAll(async () => {
    mailing = await bootMailingApi({ worker: 'inline' });
    server = await mailing.serve();
    server.isSilent = true;
  });
  afterAll(() => mailing.close());

  const perform = async (by: string, account: TestAccount) =>
    CHANGES[by]?.(mailing.api, account, await signInEverywhere(mailing.api, account));
  const deliveriesThat = async (condition: string): Promise<number> => {
    const [row] = await mailing.api.dataSource.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM outbox_delivery WHERE ${condition}`,
    );
    return row.count;
  };

  it('[S-118] each change is answered as ever, and its alerts wait', async () => {
    await perform('native password', await anAccount(mailing.api));
    while (server.begun === 0) await new Promise((resolve) => setImmediate(resolve));

    for (const by of ['native password', 'vivoldi both']) {
      expect((await perform(by, await anAccount(mailing.api)))?.status).toBe(200);
    }
    // The server has not let go of the first yet.
    expect(await deliveriesThat('last_error IS NOT NULL')).toBe(0);
    expect(await deliveriesThat('lease IS NOT NULL')).toBeGreaterThan(0);
    expect(server.received).toEqual([]);
  });
});
