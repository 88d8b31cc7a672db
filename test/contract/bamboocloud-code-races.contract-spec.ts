import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount } from '../support/factories';
import { aCode, expectEmptySuccess, expectError, signedIn, UPDATE_EMAIL, wrongCode } from './bamboocloud-client';

describe('bamboocloud: many who guess, and two who want one address', () => {
  let api: TestApi;
  const update = (idToken: string, email: string, verify_code: string) =>
    api.http.post(UPDATE_EMAIL, { email, verify_code }, signedIn(idToken));
  const anIdToken = async () => (await aSession(api, await anAccount(api))).accessToken;
  const idTokens = (count: number) => Promise.all(Array.from({ length: count }, anIdToken));

  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('[S-49] [R14] judges five of 200 guesses that come at once, and then refuses even the right code', async () => {
    const idToken = await anIdToken();
    const email = 'guessed@example.com';
    const code = await aCode(api, email);
    const countJudged = watchJudging();
    const guesses = Array.from({ length: 200 }, (_, n) => update(idToken, email, wrongCode(code, n + 1)));
    for (const answer of await Promise.all(guesses)) expectError(answer, 'CAPTCHA.0007');
    expectError(await update(idToken, email, code), 'CAPTCHA.0007');
    expect(countJudged()).toBe(5);
  }, 60_000);

  it('[S-51] slows accounts that guess together, and lets the owner of the address through', async () => {
    const email = 'wanted@example.com';
    const code = await aCode(api, email);
    const [owner = '', ...strangers] = await idTokens(12);
    for (const idToken of strangers) {
      for (let n = 1; n <= 5; n += 1) await update(idToken, email, wrongCode(code, n));
    }
    const countJudged = watchJudging();
    const [late = ''] = await idTokens(1);
    expectError(await update(late, email, wrongCode(code)), 'CAPTCHA.0007');
    expectError(await update(late, email, code), 'CAPTCHA.0007');
    expect(countJudged()).toBe(1);
    expectEmptySuccess(await update(owner, email, code));
  });

  it('[S-51] lets no account reach the ceiling of an address alone', async () => {
    const email = 'besieged@example.com';
    const code = await aCode(api, email);
    const [owner = '', stranger = ''] = await idTokens(2);
    for (let n = 1; n <= 40; n += 1) await update(stranger, email, wrongCode(code, n));
    for (let n = 1; n <= 4; n += 1) expectError(await update(owner, email, wrongCode(code, n)), 'CAPTCHA.0007');
    expectEmptySuccess(await update(owner, email, code));
  });

  it('[S-55] gives an address that two prove at once to one of them, and the other keeps the old one', async () => {
    for (let round = 0; round < 10; round += 1) {
      const email = `contested-${round}@example.com`;
      const codes = [await aCode(api, email), await aCode(api, email)];
      const accounts = [await anAccount(api), await anAccount(api)];
      const tokens = await Promise.all(accounts.map(async (account) => (await aSession(api, account)).accessToken));
      const answers = await Promise.all(tokens.map((token, n) => update(token, email, codes[n]!)));
      const loser = answers.findIndex(({ status }) => status !== 200);
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
      expect(['IDAAS.SDK.USER.0036', 'IDAAS.SDK.CAPTCHA.0007']).toContain(answers[loser]!.body.error_code);
      const [stored] = await api.dataSource.query('SELECT email, credential_version FROM account WHERE id = $1', [
        accounts[loser]!.id,
      ]);
      expect(stored).toEqual({ email: accounts[loser]!.email, credential_version: 1 });
    }
  });

  it('[S-62] dies when somebody else proves the address', async () => {
    const email = 'proved@example.com';
    const [first, second] = [await aCode(api, email), await aCode(api, email)];
    const [slow = '', fast = ''] = await idTokens(2);
    expectEmptySuccess(await update(fast, email, second));
    expectError(await update(slow, email, first), 'CAPTCHA.0007');
  });

  /** How many codes were compared with what is stored, until it is asked. */
  function watchJudging(): () => number {
    const queries = jest.spyOn(api.dataSource, 'query');
    return () => {
      const judged = queries.mock.calls.filter(([sql]) => sql.startsWith('SELECT 1 FROM mailed_code'));
      queries.mockRestore();
      return judged.length;
    };
  }
});
