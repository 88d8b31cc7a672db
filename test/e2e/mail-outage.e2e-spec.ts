import { CONSUMERS } from '@app/contracts';
import { MailboxMessage } from '../../libs/notifications/src/mailbox-message.entity';
import { bootMailingApi, type MailingApi } from '../support/boot-mailing-api';
import { anAccount, type TestAccount } from '../support/factories';
import { codeIn, gistOf, mailOf, mailText, messageIdOf, tokenIn } from '../support/mailed';
import { CHANGES, signInEverywhere } from '../support/surfaces';
import { ACCOUNT_FAILURES, ALERTS } from './alert-causes';
import {
  aPerson,
  confirmEmailChange,
  expectProblem,
  ROOT,
  startEmailChange,
  STRONG_PASSWORD,
  trySignIn,
} from './native-driver';

const NEW_EMAIL = 'new@example.net';

let mailing: MailingApi;
beforeEach(async () => {
  mailing = await bootMailingApi({ accountFailures: ACCOUNT_FAILURES });
  await mailing.stopServing();
});
afterEach(() => mailing.close());

/** Without a mail server; now and then the outbox tries what is due. */
async function anHour(): Promise<void> {
  for (let minute = 0; minute < 60; minute += 4) {
    await mailing.api.drain();
    await mailing.api.age('4 minutes');
  }
}

async function serveAgain(): Promise<void> {
  await mailing.serve();
  await mailing.api.age('31 minutes');
  await mailing.api.drain();
}

/** The newest mail to an address. */
const mailTo = (address: string) => ({ text: mailText(mailing.receivedBy(address).at(-1)?.raw ?? '') });

/** But the one that tells only who holds a link that ends by it (undo-chains). */
const MAILED = CONSUMERS['notifications.send-mail'].events
  .filter((name) => name !== 'account.email-verified.v1')
  .sort();

async function eventsOf({ api }: MailingApi): Promise<string[]> {
  const rows = await api.dataSource.query<{ name: string }[]>(
    `SELECT DISTINCT event->>'name' AS name FROM outbox_message m, jsonb_array_elements(m.events) event
     WHERE jsonb_array_length(event->'data'->'recipients') > 0`,
  );
  return rows.map(({ name }) => name).sort();
}

describe('an hour without a mail server', () => {
  const [EMAIL, IS_NOW] = ['Your e-mail address was changed', 'This is now the e-mail address of your account'];
  const CODE = 'Your code to confirm this e-mail address → code';

  async function move(account: TestAccount): Promise<string> {
    const tokens = await signInEverywhere(mailing.api, account);
    const moved = await CHANGES['vivoldi e-mail']?.(mailing.api, account, tokens);
    expect(moved?.status).toBe(200);
    return moved?.email ?? '';
  }

  /** Who is to be told what of each. A mail that a cause waits for leaves at once, and no other does. */
  async function everyCause(): Promise<string[][]> {
    const api = { ...mailing.api, mailsTo: mailsWaitedFor };
    const told: [string, string | undefined][] = [];
    for (const [, alert] of ALERTS) {
      const account = await anAccount(api);
      const other = String(await alert.cause(api, account, await signInEverywhere(api, account)));
      told.push([account.email, alert.before?.current], [account.email, alert.current]);
      told.push([other, alert.before?.new], [other, alert.new]);
    }
    return told.flatMap(([address, gist]) => (gist ? [[address, gist]] : []));
  }

  /** Newest first, as the mailbox lists them. */
  async function mailsWaitedFor(address: string) {
    await mailing.serve({ onRcptTo: (to, _session, done) => done(to.address === address ? null : new Error('Later')) });
    await mailing.api.drain();
    await mailing.stopServing();
    return mailing
      .receivedBy(address)
      .map(({ raw }) => Object.assign(new MailboxMessage(), mailOf(raw)))
      .reverse();
  }

  it('[S-118] [I5] [L-10] brings each alert when it is over, once, whole, to the address that it was meant for', async () => {
    const causes = await everyCause();
    expect(await eventsOf(mailing)).toEqual(MAILED);
    const waitedFor = mailing.received().length;
    const dan = await anAccount(mailing.api);
    const second = await move(dan);
    await anHour();
    // Meanwhile the address is another one again.
    const third = await move({ ...dan, email: second });
    await anHour();
    expect(mailing.received()).toHaveLength(waitedFor);
    const [{ fewest, unfinished }] = await mailing.api.dataSource.query<[{ fewest: number; unfinished: number }]>(
      `SELECT min(attempts) AS fewest, count(*)::int AS unfinished FROM outbox_delivery
       WHERE status = 'due' AND consumer = 'notifications.send-mail'`,
    );
    expect(fewest).toBeGreaterThan(5);

    await serveAgain();
    await mailing.api.age('1 day');
    await mailing.api.drain();
    const late = mailing.received().slice(waitedFor);
    const mails = late.map(({ recipients, raw }) => [recipients.join(), gistOf(mailOf(raw))]);
    const expected = [
      ...causes,
      [dan.email, `${EMAIL} → email-change/undo`],
      [second, `${IS_NOW} · ${CODE}`],
      [dan.email, `${EMAIL} again`],
      [second, EMAIL],
      [third, `${IS_NOW} · ${CODE}`],
    ];
    expect(mails.sort()).toEqual(expected.sort());
    expect(unfinished).toBe(expected.length);
    expect(new Set(late.map(({ raw }) => messageIdOf(raw))).size).toBe(expected.length);
    const undo = mailing
      .receivedBy(dan.email)
      .map(({ raw }) => mailOf(raw))
      .find(({ text }) => text.includes('/undo/'));
    const token = tokenIn(undo, 'email-change/undo');
    expect((await mailing.api.http.post(`${ROOT}/email-change/undo`, { token })).body.email).toBe(dan.email);
  });
});

describe('what was asked for before an hour without mails', () => {
  const expiryOf = async (headers: Record<string, string>): Promise<string> =>
    (await mailing.api.http.get(`${ROOT}/me/email-change`, headers)).body.expiresAt;

  async function aLateCode() {
    const { headers } = await aPerson(mailing.api);
    expect((await startEmailChange(mailing.api, headers, NEW_EMAIL)).status).toBe(202);
    await anHour();
    await serveAgain();
    return { headers, code: codeIn(mailTo(NEW_EMAIL)) };
  }

  it('[S-118] [S-47] a code lives as long as ever, counted from when it was sent', async () => {
    const { headers, code } = await aLateCode();
    const seconds = mailing.api.settings.codeSeconds;
    const expiresAt = await expiryOf(headers);
    expect((Date.parse(expiresAt) - Date.now()) / 1000).toBeCloseTo(seconds, -1);
    await mailing.api.age(`${seconds - 10} seconds`);
    expect((await confirmEmailChange(mailing.api, headers, code)).status).toBe(200);
  });

  it('[S-47] and not longer', async () => {
    const { headers, code } = await aLateCode();
    await mailing.api.age(`${mailing.api.settings.codeSeconds} seconds`);
    expectProblem(await confirmEmailChange(mailing.api, headers, code), 422, 'code.invalid');
  });

  it('[S-118] the link that cancels a change works, also when it comes an hour after the code', async () => {
    const { account, headers } = await aPerson(mailing.api);
    await mailing.serve({
      onRcptTo: ({ address }, _session, done) => done(address === account.email ? new Error('Later') : null),
    });
    await startEmailChange(mailing.api, headers, NEW_EMAIL);
    await anHour();
    expect([mailing.receivedBy(NEW_EMAIL).length, mailing.receivedBy(account.email).length]).toEqual([1, 0]);
    await serveAgain();
    const token = tokenIn(mailTo(account.email), 'email-change/cancel');
    expect((await mailing.api.http.post(`${ROOT}/email-change/cancel`, { token })).status).toBe(200);
  });

  it('[S-118] a link to a new password lives for half an hour from when it was sent', async () => {
    const { email } = await anAccount(mailing.api);
    expect((await mailing.api.http.post(`${ROOT}/password-reset`, { email })).status).toBe(202);
    await anHour();
    await serveAgain();
    const token = tokenIn(mailTo(email), 'password-reset');
    await mailing.api.age('29 minutes');
    const body = { token, newPassword: STRONG_PASSWORD };
    expect((await mailing.api.http.post(`${ROOT}/password-reset/confirm`, body)).status).toBe(204);
    expect((await trySignIn(mailing.api, { email, password: STRONG_PASSWORD })).status).toBe(201);
  });
});
