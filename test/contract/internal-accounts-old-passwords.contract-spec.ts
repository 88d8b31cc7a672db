import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, OTHER_GOOD_PASSWORD, type TestAccount } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { aService, NOBODY } from './internal-callers';

const ACCOUNTS = '/internal/v1/accounts';
const NO_NUMBER = ['isInt', 'min', 'max'].map((rule) => `passwordOlderThanDays ${rule}`);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string;

describe('GET /internal/v1/accounts?passwordOlderThanDays=', () => {
  let api: TestApi;
  let service: HeaderMap;
  const report = (query: string) => api.internal.get(`${ACCOUNTS}?${query}`, service);
  const idsOf = (answer: { body: { accounts: { id: string }[] } }) => answer.body.accounts.map(({ id }) => id);

  const start = async () => {
    api = await bootApi({ bootstrap: {} });
    service = await aService(api, 'accounts:read', 'accounts:write');
  };
  const stop = () => api.close();

  /** Accounts whose passwords are 100, 99, … days old. */
  async function ofEveryAge(count: number): Promise<TestAccount[]> {
    const accounts: TestAccount[] = [];
    for (let n = 0; n < count; n += 1) {
      accounts.push(await anAccount(api));
      await api.age('1 day');
    }
    await api.age(`${100 - count} days`);
    service = await aService(api, 'accounts:read', 'accounts:write');
    return accounts;
  }

  describe('with accounts of its own', () => {
    beforeEach(start);
    afterEach(stop);

    it('lists whose password is older, the oldest first, and says no more than is needed', async () => {
      const [oldest, older] = await ofEveryAge(2);
      await anAccount(api);
      const answer = await report('passwordOlderThanDays=90');
      expect(answer.status).toBe(200);
      const account = { passwordChangedAt: TIME, passwordChangeRequired: false, disabled: false };
      expect(answer.body).toEqual({
        accounts: [
          { id: oldest?.id, email: oldest?.email, ...account },
          { id: older?.id, email: older?.email, ...account },
        ],
        next: null,
      });
    });

    it('counts in whole days by the database’s clock', async () => {
      const [first] = await ofEveryAge(1);
      expect(idsOf(await report('passwordOlderThanDays=99'))).toEqual([first?.id]);
      expect(idsOf(await report('passwordOlderThanDays=101'))).toEqual([]);
      expect(idsOf(await report('passwordOlderThanDays=0'))).toEqual([first?.id]);
    });

    it('pages through all of them, none missed and none repeated', async () => {
      const accounts = await ofEveryAge(7);
      // A bulk import gives many accounts one time.
      await api.dataSource.query(
        'UPDATE account SET password_changed_at = (SELECT min(password_changed_at) FROM account)',
      );
      const read: string[] = [];
      for (let after = ''; ;) {
        const page = await report(`passwordOlderThanDays=90&limit=3${after}`);
        read.push(...idsOf(page));
        if (page.body.next === null) break;
        after = `&after=${page.body.next}`;
      }
      expect(read).toEqual(accounts.map(({ id }) => id).sort());
    });

    it('goes on rightly when passwords are changed between two pages', async () => {
      const accounts = await ofEveryAge(4);
      const page = await report('passwordOlderThanDays=90&limit=2');
      for (const account of [accounts[1], accounts[2]] as TestAccount[]) {
        const { accessToken } = await aSession(api, account);
        const body = { currentPassword: account.password, newPassword: OTHER_GOOD_PASSWORD };
        expect((await api.http.put('/account/v1/me/password', body, bearer(accessToken))).status).toBe(200);
      }
      const rest = await report(`passwordOlderThanDays=90&limit=2&after=${page.body.next}`);
      expect([idsOf(rest), rest.body.next]).toEqual([[accounts[3]?.id], null]);
    });

    it('leaves out accounts without a password and deleted ones', async () => {
      const gone = await anAccount(api);
      await api.internal.post(ACCOUNTS, { email: 'no-password@example.com' }, service);
      await api.age('100 days');
      service = await aService(api, 'accounts:read', 'accounts:write');
      await api.internal.delete(`${ACCOUNTS}/${gone.id}`, service);
      expect((await report('passwordOlderThanDays=90')).body).toEqual({ accounts: [], next: null });
    });

    it('shows whom a change is required of already', async () => {
      const [account] = await ofEveryAge(1);
      await api.internal.post(`${ACCOUNTS}/${account?.id}/require-password-change`, undefined, service);
      expect((await report('passwordOlderThanDays=90')).body.accounts).toMatchObject([
        { passwordChangeRequired: true },
      ]);
    });
  });

  describe('its query', () => {
    beforeAll(start);
    afterAll(stop);

    it.each([
      ['passwordOlderThanDays=', NO_NUMBER],
      ['passwordOlderThanDays=x', NO_NUMBER],
      ['passwordOlderThanDays=36501', ['passwordOlderThanDays max']],
      ['passwordOlderThanDays=1&limit=0', ['limit min']],
      ['passwordOlderThanDays=1&limit=1001', ['limit max']],
      ['passwordOlderThanDays=1&after=x', ['after matches']],
      [`passwordOlderThanDays=1&after=${'9'.repeat(17)}_${NOBODY}`, ['after matches']],
      ['passwordOlderThanDays=1&email=a@example.com', ['passwordOlderThanDays excludes']],
      ['email=a@example.com&limit=1', ['limit excludes']],
      ['limit=1', ['email isString']],
    ])('refuses %s', async (query, fields) => {
      const answer = await report(query);
      expect([answer.status, answer.body.code]).toEqual([422, 'body.invalid']);
      const errors = answer.body.errors as { field: string; code: string }[];
      expect(errors.map(({ field, code }) => `${field} ${code}`)).toEqual(fields);
    });

    it('takes a cursor of any time', async () => {
      for (const time of ['0', '9'.repeat(16)]) {
        expect((await report(`passwordOlderThanDays=1&after=${time}_${NOBODY}`)).status).toBe(200);
      }
    });
  });
});
