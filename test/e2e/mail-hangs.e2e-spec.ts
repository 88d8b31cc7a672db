import { bootMailingApi, type MailingApi } from '../support/boot-mailing-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { anAccount, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import type { MailServer } from '../support/mail-server';
import { gistOf, mailOf, messageIdOf } from '../support/mailed';
import { CHANGES, signInEverywhere, type Tokens } from '../support/surfaces';
import { ROOT, startEmailChange } from './native-driver';

type Ask = (account: TestAccount, tokens: Tokens) => Promise<{ status: number } | undefined>;

describe('while the mail server takes messages and answers nothing', () => {
  let mailing: MailingApi;
  let server: MailServer;
  beforeAll(async () => {
    mailing = await bootMailingApi({ worker: 'inline' });
    server = await mailing.serve();
    server.isSilent = true;
  });
  afterAll(() => mailing.close());

  const TAKE_NO_MAIL = Object.entries(CHANGES).filter(
    ([name]) => !/native e-mail|bamboocloud e-mail|by code/.test(name),
  );
  /** Whatever has something mailed, and needs no mail before. */
  const ASKS: Ask[] = [
    ...TAKE_NO_MAIL.map(
      ([, change]): Ask =>
        (account, tokens) =>
          change(mailing.api, account, tokens),
    ),
    ({ email, password }, { access }) => startEmailChange(mailing.api, bearer(access), `new-${email}`, password),
    ({ email }) => mailing.api.http.post(`${ROOT}/password-reset`, { email }),
    ({ email }) => mailing.api.http.post('/api/v2/sdk/email/send', { email, type: 'UPDATE_PWD_EMS' }, DEVICE_HEADERS),
  ];
  const ask = async (each: Ask): Promise<number | undefined> => {
    const account = await anAccount(mailing.api);
    return (await each(account, await signInEverywhere(mailing.api, account)))?.status;
  };
  const deliveriesThat = async (condition: string): Promise<number> => {
    const [row] = await mailing.api.dataSource.query<[{ count: number }]>(
      `SELECT count(*)::int AS count FROM outbox_delivery WHERE ${condition}`,
    );
    return row.count;
  };

  it('[S-118] whoever asks is answered as ever; all mails wait, and come once, whole, when it is well again', async () => {
    const [first, ...others] = ASKS as [Ask, ...Ask[]];
    await ask(first);
    while (server.begun === 0) await new Promise((resolve) => setImmediate(resolve));

    for (const each of others) expect([200, 202]).toContain(await ask(each));
    // The server has not let go of the first yet.
    expect(await deliveriesThat('last_error IS NOT NULL')).toBe(0);
    expect(await deliveriesThat('lease IS NOT NULL')).toBeGreaterThan(0);
    expect(server.received).toEqual([]);

    const waiting = await deliveriesThat("status = 'due'");
    server = await mailing.serve();
    while ((await deliveriesThat("status = 'due'")) > 0) await new Promise((resolve) => setImmediate(resolve));
    expect(await deliveriesThat("status = 'done'")).toBe(waiting);
    const gists = server.received.map(({ raw }) => gistOf(mailOf(raw)));
    expect(gists.filter((gist) => !gist.includes(' → '))).toEqual([]);
    expect(new Set(server.received.map(({ raw }) => messageIdOf(raw))).size).toBe(waiting);
    expect(gists).toHaveLength(waiting);
  });
});
