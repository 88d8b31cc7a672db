import { bootApi, type TestApi } from '../support/boot-api';
import type { HttpAnswer } from '../support/http-client';
import {
  aPerson,
  changePassword,
  codeTo,
  confirmEmailChange,
  goodTokens,
  OTHER_STRONG_PASSWORD,
  refresh,
  ROOT,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
} from './native-driver';

const ROUNDS = 12;
const EVERYWHERE = { signOut: 'everywhere' };

describe('two at the same moment', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  /** Each round with people of its own. */
  async function rounds(play: (n: number) => Promise<void>): Promise<void> {
    for (let n = 0; n < ROUNDS; n++) await play(n);
  }

  /** None is a failure of ours. */
  function expectAnswered(answers: readonly HttpAnswer[]): void {
    expect(answers.map(({ status }) => status).filter((status) => status >= 500)).toEqual([]);
  }

  it('[R3] [I3] a change and a refresh leave no token from before the change', () =>
    rounds(async () => {
      const { tokens, headers } = await aPerson(api);
      const [changed, refreshed] = await Promise.all([changePassword(api, headers, EVERYWHERE), refresh(api, tokens)]);
      expectAnswered([changed, refreshed]);
      expect(changed.status).toBe(200);
      expect(await goodTokens(api, tokens)).toEqual([]);
      if (refreshed.status === 200) expect(await goodTokens(api, refreshed.body)).toEqual([]);
    }));

  it('[R17] a logout and a refresh leave a dead family', () =>
    rounds(async () => {
      const { tokens, headers } = await aPerson(api);
      const [loggedOut, refreshed] = await Promise.all([
        api.http.delete(`${ROOT}/sessions/current`, headers),
        refresh(api, tokens),
      ]);
      expectAnswered([loggedOut, refreshed]);
      expect(loggedOut.status).toBe(204);
      expect(await goodTokens(api, tokens)).toEqual([]);
      if (refreshed.status === 200) expect(await goodTokens(api, refreshed.body)).toEqual([]);
    }));

  it('[R5] a change and a reset by link leave one password, and no link', () =>
    rounds(async () => {
      const { account, headers } = await aPerson(api);
      await api.http.post(`${ROOT}/password-reset`, { email: account.email });
      const token = await tokenTo(api, account.email, '/password-reset');
      const reset = () =>
        api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: OTHER_STRONG_PASSWORD });
      const answers = await Promise.all([changePassword(api, headers), reset()]);
      expectAnswered(answers);
      const signIns = [];
      for (const password of [account.password, STRONG_PASSWORD, OTHER_STRONG_PASSWORD]) {
        signIns.push((await trySignIn(api, { ...account, password })).status);
      }
      expect([...signIns].sort()).toEqual([201, 401, 401]);
      expect(signIns[0]).toBe(401);
      expect((await reset()).body.code).toBe('link.invalid');
    }));

  it('[R9] a confirmation and a resend never confirm twice', () =>
    rounds(async () => {
      const { account, headers } = await aPerson(api);
      const newEmail = `new-${account.email}`;
      await startEmailChange(api, headers, newEmail);
      const code = await codeTo(api, newEmail);
      await api.age('61 seconds');
      const resend = api.http.post(`${ROOT}/me/email-change/resend`, undefined, headers);
      const answers = await Promise.all([confirmEmailChange(api, headers, code, 'everywhere'), resend]);
      expectAnswered(answers);
      const holds = (await trySignIn(api, { ...account, email: newEmail })).status === 201;
      expect(holds).toBe(answers[0].status === 200);
      expect((await trySignIn(api, account)).status).toBe(holds ? 401 : 201);
    }));
});
