import { Logger } from '@nestjs/common';
import { ManageAccount } from '@app/account';
import { PasswordList } from '@app/platform';
import { changePassword, ROOT, signIn, startEmailChange } from '../e2e/native-driver';
import { tokenOf } from '../e2e/pages-links';
import { submit } from '../e2e/pages-reader';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, OTHER_GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';
import { pathIn } from '../support/mailed';
import { startRangeServer } from '../support/range-server';
import { aCode, CHANGE_PASSWORD, PAGE_HEADERS, signedIn, UPDATE_PASSWORD } from './bamboocloud-client';

const CURRENT = 'the lamp over the ferry';
const BREACHED = 'Known from a breach 1949';
const LISTED = 'Acme rocket skates';

const REFUSED: readonly [what: string, password: string, ...verdict: string[]][] = [
  ['of 14 characters', '😀'.repeat(14), 'too-short'],
  ['of 129 characters', 'ab'.repeat(64) + 'c', 'too-long'],
  ['no text', 'a lone surrogate \0', 'not-text'],
  ['common', 'passwordpassword', 'common'],
  ['on the list of the operator', LISTED.toUpperCase(), 'common'],
  ['the service', 'rekeyrekeyrekey', 'same-as-service'],
  ['the address', 'heron.keeper-2026', 'same-as-address'],
  ['the address that waits for its code', 'marsh.warden-2027', 'same-as-address'],
  ['the name', 'Margarete Steiff 1847', 'same-as-name'],
  ['the current one', CURRENT, 'password.unchanged'],
  ['breached', BREACHED, 'breached'],
];
/** A demand ends the change that waits, and until it is met none can be started. */
const refusedAt = (door: string) =>
  door === 'demanded change' ? REFUSED.filter(([what]) => what !== 'the address that waits for its code') : REFUSED;
const TAKEN = ['😀'.repeat(15), 'é'.normalize('NFD').repeat(128), `${BREACHED}!`, ` ${LISTED} `, CURRENT.toUpperCase()];

/** Opens a door for an account; what comes out tries a password there. */
type Door = (api: TestApi, account: TestAccount) => Promise<(newPassword: string) => Promise<HttpAnswer>>;

const resetTokenOf = async (api: TestApi, { email }: TestAccount): Promise<string> => {
  await api.http.post(`${ROOT}/password-reset`, { email });
  return tokenOf(pathIn((await api.mailsTo(email))[0], 'password-reset'));
};
/** Every door of the native policy; the page and those of the contract say no reasons. */
const DOORS: Record<string, Door> = {
  change: async (api, account) => {
    const { accessToken } = await signIn(api, account);
    return (newPassword) =>
      changePassword(api, bearer(accessToken), { currentPassword: account.password, newPassword });
  },
  reset: async (api, account) => {
    const token = await resetTokenOf(api, account);
    return (newPassword) => api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword });
  },
  'reset page': async (api, account) => {
    const token = await resetTokenOf(api, account);
    return (newPassword) => submit(api, '/password-reset/confirm', { token, newPassword });
  },
  'bamboocloud change': async (api, account) => {
    const { accessToken } = await signIn(api, account);
    return (new_password) =>
      api.http.post(CHANGE_PASSWORD, { old_password: account.password, new_password }, signedIn(accessToken));
  },
  'demanded change': async (api, account) => {
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const { accessToken } = await signIn(api, account);
    return (newPassword) =>
      changePassword(api, bearer(accessToken), { currentPassword: account.password, newPassword });
  },
  'bamboocloud code': async (api, account) => {
    const { accessToken } = await signIn(api, account);
    const verify_code = await aCode(api, account.email, 'UPDATE_PWD_EMS');
    return (password) => api.http.post(UPDATE_PASSWORD, { verify_code, password }, signedIn(accessToken));
  },
  'bamboocloud forgotten': async (api, { email }) => {
    const verify_code = await aCode(api, email, 'FORGET_PWD_EMS');
    return (password) => api.http.post(UPDATE_PASSWORD, { verify_code, email, password }, PAGE_HEADERS);
  },
};

describe('with a list of the operator and a look-up of breached passwords', () => {
  let api: TestApi;
  let range: Awaited<ReturnType<typeof startRangeServer>>;
  beforeAll(async () => {
    range = await startRangeServer();
    const passwordBlocklist = new PasswordList([LISTED]);
    api = await bootApi({ breachLookupUrl: range.url, passwordBlocklist });
  });
  afterAll(async () => {
    await api.close();
    range.close();
  });
  beforeEach(() => {
    Object.assign(range, { asked: [], breached: [BREACHED], isDown: false, whileAsked: () => Promise.resolve() });
  });

  let people = 0;
  const aPersonAt = async (door: string, password = CURRENT) => {
    const email = `heron.keeper@e${++people}.example`;
    const account = await anAccount(api, { email, displayName: 'Margarete Steiff', password });
    return { account, tries: await (DOORS[door] as Door)(api, account) };
  };
  const eventsOf = (accountId: string): Promise<{ data: object }[]> =>
    api.dataSource.query(
      `SELECT event -> 'data' AS data FROM outbox_message, jsonb_array_elements(events) event
       WHERE event ->> 'name' = 'account.password-changed.v1' AND event #>> '{data,accountId}' = $1`,
      [accountId],
    );

  it.each(Object.keys(DOORS))(
    '[S-37] [S-7] [S-5] [S-8] %s gives each password the verdict of every other door',
    async (door) => {
      const { account, tries } = await aPersonAt(door);
      const { accessToken } = await signIn(api, account);
      await startEmailChange(api, bearer(accessToken), 'marsh.warden@example.org', CURRENT);
      const verdicts = [];
      for (const [what, password] of refusedAt(door)) verdicts.push([what, ...verdictOf(await tries(password))]);
      const known = ['change', 'demanded change', 'reset'].includes(door);
      expect(verdicts).toEqual(refusedAt(door).map(([what, , verdict]) => [what, known ? verdict : 'refused']));
      // None of these refusals has closed the door.
      expect(verdictOf(await tries(OTHER_GOOD_PASSWORD))).toEqual(['taken']);
      for (const password of TAKEN) {
        const { tries: another } = await aPersonAt(door);
        expect(verdictOf(await another(password))).toEqual(['taken']);
      }
    },
  );

  it.each(Object.keys(DOORS))('[L-6] %s says of a breached password no more than that', async (door) => {
    const { tries } = await aPersonAt(door);
    range.breached.push(CURRENT);
    const said = (answer: HttpAnswer) => (typeof answer.body === 'string' ? answer.body : verdictOf(answer));
    expect(said(await tries(CURRENT))).toEqual(said(await tries(BREACHED)));
  });

  it('[S-7] Applivery has the same lists', async () => {
    const account = await anAccount(api);
    const headers = bearer((await signIn(api, account)).accessToken);
    const change = (newPassword: string) =>
      api.http.post('/v1/users/profile/change-password', { oldPassword: account.password, newPassword }, headers);
    expect(JSON.stringify((await change(LISTED)).body)).toContain('"reasons":["common"]');
    expect(JSON.stringify((await change(BREACHED)).body)).toContain('"reasons":["breached"]');
  });

  it('looks nothing up for a contract that takes common passwords', async () => {
    const account = await anAccount(api);
    const { accessToken } = await signIn(api, account);
    const answer = await api.http.put('/api/user/v1/update', { pwd: BREACHED }, { 'X-Access-Token': accessToken });
    expect(answer.body.code).toBe(0);
    expect(range.asked).toEqual([]);
    expect((await eventsOf(account.id))[0]?.data).not.toHaveProperty('breachLookup');
  });

  it.each([
    ['clear', false],
    ['failed', true],
  ])('[S-7] takes a password whose look-up is %s, and the event says so', async (breachLookup, isDown) => {
    range.isDown = isDown;
    const { account, tries } = await aPersonAt('change');
    const warn = jest.spyOn(Logger.prototype, 'warn').mockImplementation();
    expect((await tries(OTHER_GOOD_PASSWORD)).status).toBe(200);
    expect(warn).toHaveBeenCalledTimes(isDown ? 1 : 0);
    warn.mockRestore();
    expect(await eventsOf(account.id)).toEqual([{ data: expect.objectContaining({ breachLookup }) }]);
  });

  it('[S-32] [S-74] asks nobody for who has not proved to be the account’s, or says too weak a password', async () => {
    const { account, tries } = await aPersonAt('change');
    const { accessToken } = await signIn(api, account);
    await changePassword(api, bearer(accessToken), { currentPassword: 'wrong', newPassword: BREACHED });
    await api.http.post(`${ROOT}/password-reset/confirm`, { token: 'x'.repeat(43), newPassword: BREACHED });
    await api.http.post(UPDATE_PASSWORD, { verify_code: '000000', password: BREACHED }, signedIn(accessToken));
    await tries('passwordpassword');
    expect(range.asked).toEqual([]);
  });

  it('asks outside every transaction', async () => {
    let open: unknown[] | undefined;
    range.whileAsked = async () => {
      // On the embedded database, which has one session, this would wait for ever.
      open = await api.dataSource.query(
        `SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND state LIKE 'idle in transaction%'`,
      );
    };
    const { tries } = await aPersonAt('change');
    expect((await tries(OTHER_GOOD_PASSWORD)).status).toBe(200);
    expect(open).toEqual([]);
  });

  it('the policy says so', async () => {
    const { body } = await api.http.get(`${ROOT}/password-policy`);
    expect(body.rules.at(-1)).toEqual({
      reason: 'breached',
      description: 'It is not known from a breach of any service.',
    });
  });
});

/** Its reasons, where the door says them. */
function verdictOf({ status, body }: HttpAnswer): string[] {
  if (status < 300) return ['taken'];
  return typeof body === 'object' && 'code' in body ? (body.reasons ?? [body.code]) : ['refused'];
}
