import { randomInt } from 'node:crypto';
import { PasswordHasher } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount } from '../support/factories';
import { ROOT, tokenTo } from './native-driver';

const GUESSES = 30;
const JUDGED = 5;

/** Sends a new password through the door and resolves with what it answers: done, `unchanged`, `refused`, or the rest. */
type Door = (newPassword: string) => Promise<string>;

async function byContractWithoutCurrentPassword(api: TestApi, account: TestAccount): Promise<Door> {
  const headers = { 'X-Access-Token': (await aSession(api, account)).accessToken };
  return async (pwd) => {
    const { code } = (await api.http.put('/api/user/v1/update', { pwd }, headers)).body;
    return ({ 0: 'done', 2103: 'unchanged', 4291: 'refused' } as Record<number, string>)[code] ?? 'meanwhile';
  };
}

async function byResetLink(api: TestApi, { email }: TestAccount): Promise<Door> {
  await api.http.post(`${ROOT}/password-reset`, { email });
  const token = await tokenTo(api, email, '/password-reset');
  return async (newPassword) => {
    const { status, body } = await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword });
    if (status === 204) return 'done';
    const known: Record<string, string> = { 'password.unchanged': 'unchanged', 'password.too-many-tries': 'refused' };
    return known[body.code] ?? 'meanwhile';
  };
}

describe('a door that asks for no current password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0, accountFailures: JUDGED, sourceFailures: 1000 });
  });
  afterAll(() => api.close());

  describe.each([
    ['the contract without a current password', byContractWithoutCurrentPassword],
    ['a reset link', byResetLink],
  ])('%s', (_, open) => {
    it('[S-43] [L-6] judges few of many guesses at the current password that are sent together', async () => {
      const account = await anAccount(api);
      const door = await open(api, account);
      const right = randomInt(GUESSES);
      const guessAt = (n: number) => (n === right ? account.password : `Guess-${n}-of-a-password`);
      const judged = jest.spyOn(api.app.get(PasswordHasher), 'verify');
      await Promise.all(Array.from({ length: GUESSES }, (_, n) => door(guessAt(n))));
      expect(judged).toHaveBeenCalled();
      // The one that was done gives all tries back, of which those that came before it and are late may take some.
      expect(judged.mock.calls.length).toBeLessThanOrEqual(2 * JUDGED);
      judged.mockRestore();
    });

    it('says so often that a password is the current one, then not for a while', async () => {
      const account = await anAccount(api);
      const door = await open(api, account);
      const answers = [];
      for (let n = 0; n <= JUDGED; n++) answers.push(await door(account.password));
      expect(answers).toEqual([...Array.from({ length: JUDGED }, () => 'unchanged'), 'refused']);
      await api.age('16 minutes');
      expect(await (await open(api, account))(account.password)).toBe('unchanged');
    });

    it('changes a password as often as its owner likes', async () => {
      let account = await anAccount(api);
      for (let n = 0; n <= JUDGED; n++) {
        const password = `Another-password-${n}`;
        expect(await (await open(api, account))(password)).toBe('done');
        account = { ...account, password };
      }
    });
  });

  it('[S-24] [S-23] is shut with its network address in a session, and stays open by a reset link', async () => {
    const account = await anAccount(api);
    const [session, reset] = [await byContractWithoutCurrentPassword(api, account), await byResetLink(api, account)];
    for (let n = 0; n < 2; n++) expect(await session(account.password)).toBe('unchanged');
    const triesOfSource = `FROM guess_budget WHERE scope = 'source' AND key = '127.0.0.1'`;
    expect(await api.dataSource.query(`SELECT tries ${triesOfSource}`)).toEqual([{ tries: 2 }]);
    await api.dataSource.query(`UPDATE guess_budget SET tries = max_tries WHERE scope = 'source'`);
    expect(await session('Another-password-1')).toBe('refused');
    expect(await reset('Another-password-1')).toBe('done');
    await api.dataSource.query(`DELETE ${triesOfSource}`);
  });
});
