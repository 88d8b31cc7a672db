import { ManageAccount } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';
import { gistOf } from '../support/mailed';
import { signInEverywhere } from '../support/surfaces';
import { ACCOUNT_FAILURES, ALERTS } from './alert-causes';
import { aPerson, changePassword, refresh, ROOT, startEmailChange } from './native-driver';
import { address, put } from './undo-driver';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi({ mailsPerAddressPerHour: 1, codeResendSeconds: 0, accountFailures: ACCOUNT_FAILURES });
});
afterAll(() => api.close());

/** A stranger has all mails of the hour sent to the mailbox that strangers can have sent. How many that were. */
async function useUpQuotas(email: string, takesCode = false): Promise<number> {
  const ask = async () => {
    await api.http.post(`${ROOT}/password-reset`, { email });
    if (!takesCode) await api.http.post('/api/v2/sdk/email/send', { email, type: 'UPDATE_EMAIL_EMS' }, DEVICE_HEADERS);
  };
  await ask();
  const mails = await api.mailsTo(email);
  await ask();
  expect(await api.mailsTo(email)).toEqual(mails);
  return mails.length;
}

/** What the mailbox has got since it held so many. Mails that are due together arrive in any order. */
async function gistsSince(held: number, email: string): Promise<string[]> {
  const mails = await api.mailsTo(email);
  return mails.slice(0, mails.length - held).map(gistOf);
}

describe.each(ALERTS)('%s', (_, alert) => {
  it('[S-39] [S-63] [L-9] [L-16] is told to whom it should be, with what they can do, although a stranger has used up the mailbox’s mails', async () => {
    const account = await anAccount(api);
    const tokens = await signInEverywhere(api, account);
    const held = await useUpQuotas(account.email, alert.takesCode);
    const other = await alert.cause(api, account, tokens);
    expect(await gistsSince(held, account.email)).toContain(alert.current);
    if (alert.new) expect(await gistsSince(0, String(other))).toContain(alert.new);
  });
});

const TO_ANY_ADDRESS = ALERTS.filter(([, { takesWayIn }]) => !takesWayIn);

it.each(TO_ANY_ADDRESS)(
  '[L-7] %s offers no reset to an address that nobody proved, where none is mailed',
  async (_, alert) => {
    const account = await put(api, await anAccount(api), address('unproved'));
    const before = (await api.mailsTo(account.email)).length;
    await alert.cause(api, account, await signInEverywhere(api, account));
    const after = await api.mailsTo(account.email);
    const mails = after.slice(0, after.length - before);
    expect(mails.length).toBeGreaterThan(0);
    for (const { text } of mails) expect(text).not.toContain('/password-reset');
  },
);

it('a spent refresh token of a session that was signed out is told once, and not at once', async () => {
  const { account, tokens } = await aPerson(api);
  const renew = () => refresh(api, tokens);
  const { body } = await renew();
  await api.http.delete(`${ROOT}/sessions/current`, bearer(body.accessToken));
  const subjects = async () => (await api.mailsTo(account.email)).map(({ subject }) => subject);
  expect((await renew()).status).toBe(401);
  expect(await subjects()).toEqual([]);
  await api.age('11 seconds');
  await Promise.all([renew(), renew()]);
  await renew();
  expect(await subjects()).toEqual(['A session of your account was ended']);
});

it('[S-39] [L-9] a request of a new address that is cancelled before its mails leave is told all the same', async () => {
  const { account, headers } = await aPerson(api);
  await startEmailChange(api, headers, address('wanted'));
  expect((await api.http.delete(`${ROOT}/me/email-change`, headers)).status).toBe(204);
  expect((await api.mailsTo(account.email)).map(({ subject }) => subject)).toEqual([
    'Somebody asked to change your e-mail address',
  ]);
});

it('[S-39] [L-10] an alert speaks the language that its reader had at the event, though a thief has set another since', async () => {
  const account = await anAccount(api, { locale: 'zh' });
  const { access } = await signInEverywhere(api, account);
  await changePassword(api, bearer(access));
  await api.app.get(ManageAccount).patch(account.id, { locale: 'en' }, TEST_REQUESTER);
  const subjects = (await api.mailsTo(account.email)).map(({ subject }) => subject);
  expect(subjects.sort()).toEqual(['您的密码已更改', '您的账户资料已更改']);
});
