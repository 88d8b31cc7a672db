import { randomUUID } from 'node:crypto';
import { Logger } from '@nestjs/common';
import { SecretKeys } from '@app/platform';
import { SmtpMailer } from '../../libs/notifications/src/smtp.mailer';
import { aService } from '../contract/internal-callers';
import { bootMailingApi, type MailingApi } from '../support/boot-mailing-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { OTHER_GOOD_PASSWORD, type TestAccount } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';
import { MAIL_FAULTS, type MailFault } from '../support/mail-faults';
import { mailText, messageIdOf } from '../support/mailed';
import { aPerson, changePassword, ROOT } from './native-driver';

const OUTBOX = '/internal/v1/outbox';
const LINK = /^http:\/\/rekey\.test\/(?:not-me|email-change\/undo)\/([\w-]+)$/m;
/** Words for which a mail server refuses a message. */
const REFUSED = 'xjs4c4jdbqadn1';
/** Longer than any pause between attempts. */
const A_PAUSE = '31 minutes';

let mailing: MailingApi;
let warned: jest.SpyInstance;
afterEach(() => jest.restoreAllMocks());
beforeEach(() => {
  warned = jest.spyOn(Logger.prototype, 'warn').mockReturnValue();
});

/** What a thief changes, with those words wherever a caller's words get into a mail. */
const WORDED_CHANGES: Record<string, (account: TestAccount, token: string) => Promise<HttpAnswer>> = {
  'a program': (_, token) => changePassword(mailing.api, { ...bearer(token), 'user-agent': REFUSED }),
  'a device': ({ password }, token) => {
    const headers = { ...DEVICE_HEADERS, ...bearer(token), 'x-agent': REFUSED };
    const body = { old_password: password, new_password: OTHER_GOOD_PASSWORD };
    return mailing.api.http.post('/api/v2/sdk/pwd/change', body, headers);
  },
  'a new address': (_, token) =>
    mailing.api.http.put('/api/user/v1/update', { eml: `moved@${REFUSED}.example` }, { 'X-Access-Token': token }),
};

type Change = (token: string) => Promise<HttpAnswer>;

/** Of each way back that a mail brings, by its page, the change that it is about. */
const WAYS_BACK: Record<string, Change> = {
  'not-me': (token) => changePassword(mailing.api, bearer(token)),
  'email-change/undo': (token) => {
    const eml = `moved-${randomUUID().slice(0, 8)}@example.org`;
    return mailing.api.http.put('/api/user/v1/update', { eml }, { 'X-Access-Token': token });
  },
};

/** An alert that nobody accepted, and the token that it would have brought. */
async function aParkedAlert(change: Change): Promise<{ address: string; lost: string }> {
  const { account, tokens } = await aPerson(mailing.api);
  await mailing.stopServing();
  expect((await change(tokens.accessToken)).status).toBe(200);
  const { id } = await mailing.deliveryTo(account.email);
  const [{ sealed }] = await mailing.api.dataSource.query('SELECT sealed FROM outbox_delivery WHERE id = $1', [id]);
  const secrets: string[] = Object.values(JSON.parse(mailing.api.app.get(SecretKeys).open(sealed, id)));
  await setAttempts(account.email, 81);
  await mailing.api.drain();
  return { address: account.email, lost: String(secrets[0]) };
}

async function retryAlertTo(address: string): Promise<void> {
  await mailing.serve();
  const [{ id }] = await mailing.api.dataSource.query(
    `SELECT id FROM outbox_delivery WHERE target = $1 AND status = 'parked'`,
    [address],
  );
  await retryByHand(id);
  await mailing.api.drain();
}

/** What is wrong with the token, if anything. */
const press = async (page: string, token: string | undefined): Promise<string | undefined> =>
  (await mailing.api.http.post(`${ROOT}/${page}`, { token })).body.code;

/** The address of somebody whose password has just changed: an alert waits, with a link of its own. */
async function someoneToAlert(): Promise<string> {
  const { account, headers } = await aPerson(mailing.api);
  expect((await changePassword(mailing.api, headers)).status).toBe(200);
  return account.email;
}

const setAttempts = (address: string, attempts: number) =>
  mailing.api.dataSource.query('UPDATE outbox_delivery SET attempts = $2 WHERE target = $1', [address, attempts]);

/** Of each mail to an address, whether it has the link. */
const linksTo = (address: string) => mailing.receivedBy(address).map(({ raw }) => LINK.test(mailText(raw)));

async function parked(): Promise<unknown> {
  const answer = await mailing.api.internal.get(OUTBOX, await aService(mailing.api, 'admin'));
  return answer.body.deliveries;
}

async function retryByHand(id: string): Promise<void> {
  const answer = await mailing.api.internal.post(`${OUTBOX}/${id}/retry`, {}, await aService(mailing.api, 'admin'));
  expect(answer.status).toBe(204);
}

describe('an alert', () => {
  beforeAll(async () => {
    mailing = await bootMailingApi();
  });
  afterAll(() => mailing.close());

  const startFault = ({ server }: MailFault) => (server ? mailing.serve(server) : mailing.stopServing());

  it.each(Object.entries(MAIL_FAULTS))(
    '[S-118] waits while the mail server %s, and arrives whole when it is well again',
    async (_what, fault) => {
      const failed = { status: 'due', last_error: fault.lastError, has_secret: true, has_lease: false };
      await startFault(fault);
      const address = await someoneToAlert();
      await mailing.api.drain();
      const delivery = await mailing.deliveryTo(address);
      expect(delivery).toMatchObject({ ...failed, attempts: 1 });
      expect(delivery.waits).toBeGreaterThan(0.5);
      expect(delivery.waits).toBeLessThanOrEqual(2);

      await setAttempts(address, fault.maxAttempts - 2);
      await mailing.api.age(A_PAUSE);
      await mailing.api.drain();
      expect(await mailing.deliveryTo(address)).toMatchObject({ ...failed, attempts: fault.maxAttempts - 1 });

      await mailing.serve();
      await mailing.api.age(A_PAUSE);
      await mailing.api.drain();
      expect(linksTo(address)).toEqual([true]);
      expect(await mailing.deliveryTo(address)).toMatchObject({ status: 'done', has_secret: false });
    },
  );

  it.each(Object.entries(MAIL_FAULTS))(
    '[S-118] [I9] is parked when the mail server %s for too long, and goes out by hand, with a new link',
    async (_what, { maxAttempts, lastError, ...fault }) => {
      await startFault({ maxAttempts, lastError, ...fault });
      const address = await someoneToAlert();
      await setAttempts(address, maxAttempts - 1);
      await mailing.api.drain();
      const { id, ...delivery } = await mailing.deliveryTo(address);
      expect(delivery).toMatchObject({ status: 'parked', has_secret: false, has_lease: false });
      const times = { createdAt: expect.any(String), parkedAt: expect.any(String) };
      expect(await parked()).toEqual([
        { id, consumer: 'notifications.send-mail', attempts: maxAttempts, lastError, ...times },
      ]);
      expect(warned.mock.calls).toEqual([
        [`Delivery ${id} of notifications.send-mail failed (attempt ${maxAttempts}): ${lastError}`],
      ]);

      await mailing.serve();
      await mailing.api.age('1 day');
      await mailing.api.drain();
      expect(linksTo(address)).toEqual([]);
      await retryByHand(id);
      await mailing.api.drain();
      await mailing.api.drain();
      expect(linksTo(address)).toEqual([true]);
      expect([await parked(), (await mailing.deliveryTo(address)).status]).toEqual([[], 'done']);
    },
  );

  it.each(Object.entries(WAYS_BACK))(
    '[S-64] [S-118] once it was parked and is retried by hand has a way back: %s',
    async (page, change) => {
      const { address, lost } = await aParkedAlert(change);
      expect(linksTo(address)).toEqual([]);
      await retryAlertTo(address);
      expect(await press(page, lost)).toBe('link.invalid');
      const [fresh] = mailing.receivedBy(address).map(({ raw }) => LINK.exec(mailText(raw))?.[1]);
      expect([await press(page, fresh), await press(page, fresh)]).toEqual([undefined, 'link.invalid']);
    },
  );

  it.each(Object.entries(WAYS_BACK))(
    '[S-64] [S-118] that was parked gets no new link once its own was used, or its days are over: %s',
    async (page, change) => {
      const used = await aParkedAlert(change);
      expect(await press(page, used.lost)).toBeUndefined();
      await retryAlertTo(used.address);
      const late = await aParkedAlert(change);
      await mailing.api.age('7 days');
      await retryAlertTo(late.address);
      expect([...linksTo(used.address), ...linksTo(late.address)]).not.toContain(true);
      expect(linksTo(late.address)).toHaveLength(1);
    },
  );

  it.each(Object.entries(WORDED_CHANGES))(
    '[S-39] [S-118] arrives with its link although %s bears words that the mail server refuses for good',
    async (_what, change) => {
      (await mailing.serve()).refusedWords = REFUSED;
      const { account, tokens } = await aPerson(mailing.api);
      expect((await change(account, tokens.accessToken)).status).toBe(200);
      await mailing.api.drain();
      const failed = { status: 'due', attempts: 1, last_error: 'Error EMESSAGE 554' };
      expect(await mailing.deliveryTo(account.email)).toMatchObject(failed);

      await mailing.api.age('2 seconds');
      await mailing.api.drain();
      expect(linksTo(account.email)).toEqual([true]);
    },
  );

  it('[S-118] [I5] comes again, under the same id, when the mail server keeps it and breaks off', async () => {
    const server = await mailing.serve();
    server.hangsUp = true;
    const address = await someoneToAlert();
    await mailing.api.drain();
    const failed = { status: 'due', attempts: 1, last_error: 'Error ECONNECTION', has_secret: true };
    expect(await mailing.deliveryTo(address)).toMatchObject(failed);

    server.hangsUp = false;
    await mailing.api.age('2 seconds');
    await mailing.api.drain();
    const [first, again, ...more] = mailing
      .receivedBy(address)
      .map(({ raw }) => [messageIdOf(raw), LINK.exec(mailText(raw))?.[0]]);
    expect(first).toEqual([expect.stringMatching(/^<.+@.+>$/), expect.any(String)]);
    expect([again, more]).toEqual([first, []]);
    expect(await mailing.deliveryTo(address)).toMatchObject({ status: 'done', attempts: 2 });
  });
});

describe('an alert in production, whose mail server seems to offer no TLS', () => {
  beforeAll(async () => {
    // Not a loopback name, yet it reaches this machine.
    mailing = await bootMailingApi({}, (port) => new SmtpMailer(`smtp://0.0.0.0:${port}`, true));
  });
  afterAll(() => mailing.close());

  it('[S-118] [S-140] is not told to whoever listens, and waits', async () => {
    const heard: string[] = [];
    const server = await mailing.serve({
      onMailFrom: ({ address }, _session, done) => {
        heard.push(address);
        done();
      },
    });
    const address = await someoneToAlert();
    await mailing.api.drain();
    const failed = { status: 'due', attempts: 1, last_error: 'Error ETLS 500', has_secret: true };
    expect(await mailing.deliveryTo(address)).toMatchObject(failed);
    expect([heard, server.begun]).toEqual([[], 0]);
  });
});
