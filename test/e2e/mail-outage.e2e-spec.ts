import { bootMailingApi, type MailingApi } from '../support/boot-mailing-api';
import { anAccount, type TestAccount } from '../support/factories';
import { codeIn, mailText, messageIdOf, tokenIn } from '../support/mailed';
import { CHANGES, signInEverywhere } from '../support/surfaces';
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
  mailing = await bootMailingApi();
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

describe('an hour without a mail server', () => {
  async function change(by: string, account: TestAccount): Promise<string> {
    const tokens = await signInEverywhere(mailing.api, account);
    const changed = await CHANGES[by]?.(mailing.api, account, tokens);
    expect(changed?.status).toBe(200);
    return changed?.email ?? '';
  }

  const [PASSWORD, EMAIL] = ['Your password was changed', 'Your e-mail address was changed'];
  const [AGAIN, IS_NOW] = [`${EMAIL} again`, 'This is now the e-mail address of your account'];

  it('[S-118] [I5] [L-10] brings each alert when it is over, once, to the address that it was meant for', async () => {
    const person = () => anAccount(mailing.api);
    const [ada, bob, cleo, dan] = [await person(), await person(), await person(), await person()];
    await change('native password', ada);
    await change('applivery password', bob);
    const cleosNew = await change('vivoldi both', cleo);
    const dansSecond = await change('vivoldi e-mail', dan);
    await anHour();
    // Meanwhile the address is another one again.
    const dansThird = await change('vivoldi e-mail', { ...dan, email: dansSecond });
    await anHour();
    expect(mailing.received()).toEqual([]);
    const [{ fewest, unfinished }] = await mailing.api.dataSource.query<[{ fewest: number; unfinished: number }]>(
      `SELECT min(attempts) AS fewest, count(*)::int AS unfinished FROM outbox_delivery WHERE status = 'due'`,
    );
    expect(fewest).toBeGreaterThan(5);

    await serveAgain();
    await mailing.api.age('1 day');
    await mailing.api.drain();
    const mails = mailing.received().map(({ recipients, raw }) => [recipients.join(), mailText(raw).split('\n')[0]]);
    const expected = [
      [ada.email, PASSWORD],
      [bob.email, PASSWORD],
      [cleo.email, EMAIL],
      [cleosNew, IS_NOW],
      [dan.email, EMAIL],
      [dansSecond, IS_NOW],
      [dan.email, AGAIN],
      [dansSecond, EMAIL],
      [dansThird, IS_NOW],
    ];
    expect(mails.sort()).toEqual(expected.sort());
    expect(unfinished).toBe(expected.length);
    expect(new Set(mailing.received().map(({ raw }) => messageIdOf(raw))).size).toBe(expected.length);
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
