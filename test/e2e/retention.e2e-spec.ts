import { ManageAccount } from '@app/account';
import { Purger } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { TEST_REQUESTER } from '../support/factories';
import { bearer, type HttpAnswer } from '../support/http-client';
import { RENEWAL_DOORS, signInEverywhere, TOKEN_DOORS } from '../support/surfaces';
import {
  aPerson,
  codeTo,
  confirmEmailChange,
  me,
  OTHER_STRONG_PASSWORD,
  refresh,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';

const PEOPLE = 8;

describe('a purge', () => {
  let api: TestApi;
  let purge: () => Promise<void>;
  beforeAll(async () => {
    api = await bootApi();
    purge = () => api.app.get(Purger).purge();
  });
  afterAll(() => api.close());

  const askForReset = (email: string) => api.http.post(`${ROOT}/password-reset`, { email });
  const reset = (token: string, newPassword = OTHER_STRONG_PASSWORD) =>
    api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword });
  const undo = (token: string) => api.http.post(`${ROOT}/email-change/undo`, { token });
  const people = () => Promise.all(Array.from({ length: PEOPLE }, () => aPerson(api)));
  const statuses = (answers: readonly HttpAnswer[]) => answers.map(({ status }) => status);
  const all = (status: number) => Array<number>(PEOPLE).fill(status);

  /** A person whose change of address waits for its code. */
  async function aChange() {
    const person = await aPerson(api);
    const newEmail = `new-${person.account.email}`;
    await startEmailChange(api, person.headers, newEmail);
    return { ...person, newEmail, code: await codeTo(api, newEmail) };
  }

  async function changesOf(count: number) {
    const changes = [];
    while (changes.length < count) changes.push(await aChange());
    return changes;
  }

  it('leaves all that is live as good as it was', async () => {
    const { account } = await aPerson(api);
    const tokens = await signInEverywhere(api, account);
    await purge();
    for (const door of Object.values(TOKEN_DOORS)) {
      for (const token of tokens.all) expect(await door(api, token)).toBe(true);
    }
    for (const door of Object.values(RENEWAL_DOORS)) {
      expect(await door(api, await signInEverywhere(api, account))).toBe(true);
    }
  });

  it('leaves a code, a reset link and an undo link good up to their last minute', async () => {
    const { account, headers, newEmail, code } = await aChange();
    await api.age('9 minutes');
    await purge();
    expect((await confirmEmailChange(api, headers, code)).status).toBe(200);

    await askForReset(newEmail);
    await api.age('29 minutes');
    await purge();
    expect((await reset(await tokenTo(api, newEmail, '/password-reset'))).status).toBe(204);

    await api.age('6 days');
    await purge();
    const token = await tokenTo(api, account.email, '/email-change/undo');
    expect((await startEmailChange(api, (await aPerson(api)).headers, account.email)).status).toBe(202);
    expect((await undo(token)).body).toMatchObject({ email: account.email });
    await reset(await tokenTo(api, account.email, '/password-reset'), STRONG_PASSWORD);
    await signIn(api, { ...account, password: STRONG_PASSWORD });
  });

  it('leaves the token of a deleted account what it is: that of an account that is gone', async () => {
    const { account, tokens } = await aPerson(api);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    await api.drain();
    await api.age('9 minutes');
    await purge();
    expect((await me(api, tokens)).body.code).toBe('account.gone');
  });

  it('frees an address when nobody can take it back any more', async () => {
    const { account, headers, code } = await aChange();
    await confirmEmailChange(api, headers, code);
    await api.age('7 days');
    await purge();
    const taker = await aPerson(api);
    await startEmailChange(api, taker.headers, account.email);
    expect((await confirmEmailChange(api, taker.headers, await codeTo(api, account.email))).status).toBe(200);
  });

  it('[R25] beside refreshes lets none pass that is over, and every other', async () => {
    const old = await people();
    await api.age('31 days');
    const young = await people();
    const refreshed = await Promise.all([
      ...old.map(({ tokens }) => refresh(api, tokens)),
      ...young.map(({ tokens }) => refresh(api, tokens)),
      purge().then(purge),
      purge(),
    ]);
    expect(statuses(refreshed.slice(0, 2 * PEOPLE) as HttpAnswer[])).toEqual([...all(401), ...all(200)]);
  });

  it('[R25] beside logouts and uses of a token answers as if it were not there', async () => {
    const old = await people();
    await api.age('31 days');
    const logouts = old.map(({ headers }) => api.http.delete(`${ROOT}/sessions/current`, headers));
    const uses = old.map(({ tokens }) => me(api, tokens));
    const answers = await Promise.all([...logouts, ...uses, purge(), purge()]);
    expect(statuses(answers.slice(0, 2 * PEOPLE) as HttpAnswer[])).toEqual([...all(204), ...all(401)]);
  });

  it('[R25] beside confirmations lets none pass that is over, and every other', async () => {
    const old = await changesOf(PEOPLE);
    await api.age('11 minutes');
    const young = await changesOf(PEOPLE);
    const tokens = await Promise.all(old.map(({ account }) => signIn(api, account)));
    const answers = await Promise.all([
      ...old.map(({ code }, index) => confirmEmailChange(api, bearer(String(tokens[index]?.accessToken)), code)),
      ...young.map(({ headers, code }) => confirmEmailChange(api, headers, code)),
      purge().then(purge),
      purge(),
    ]);
    expect(statuses(answers.slice(0, 2 * PEOPLE) as HttpAnswer[])).toEqual([...all(422), ...all(200)]);
  });

  it('[R25] beside resets and undos lets none pass that is over', async () => {
    const changes = await changesOf(PEOPLE);
    for (const { headers, code, newEmail } of changes) {
      await confirmEmailChange(api, headers, code);
      await askForReset(newEmail);
    }
    const undoTokens: string[] = [];
    const resetTokens: string[] = [];
    for (const { account, newEmail } of changes) {
      undoTokens.push(await tokenTo(api, account.email, '/email-change/undo'));
      resetTokens.push(await tokenTo(api, newEmail, '/password-reset'));
    }
    await api.age('7 days');
    const answers = await Promise.all([
      ...resetTokens.map((token) => reset(token)),
      ...undoTokens.map(undo),
      purge(),
      purge(),
    ]);
    expect(new Set(statuses(answers.slice(0, 2 * PEOPLE) as HttpAnswer[]))).toEqual(new Set([422]));
  });

  it('forgets no failures: an account that was stopped stays so, a made-up one is not kept', async () => {
    const { account } = await aPerson(api);
    const tries = [account.email, 'nobody@example.com'].map((email) => ({ email, password: STRONG_PASSWORD }));
    for (let n = 0; n < 10; n++) for (const pair of tries) await trySignIn(api, pair);
    await api.age('31 days');
    await purge();
    const budgets = await api.dataSource.query(`SELECT key FROM guess_budget WHERE scope = 'password'`);
    expect(budgets).toEqual([{ key: account.id }]);
  });
});
