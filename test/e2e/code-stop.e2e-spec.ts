import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { bootReplica } from '../support/replica';
import {
  aPerson,
  codeTo,
  confirmEmailChange,
  expectProblem,
  me,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  wrongCode,
} from './native-driver';
import { submit } from './pages-reader';
import { address, prove, undoFrom } from './undo-driver';

/** As many in a window as in a row: the hard stop is met without the pauses before it. */
const SETTINGS = { codeTries: 100, sourceFailures: 0, codeResendSeconds: 0, mailsPerAddressPerHour: 1000 };

describe('a hundred wrong codes in a row', () => {
  let a: TestApi;
  let b: TestApi;
  beforeAll(async () => {
    a = await bootApi(SETTINGS);
    b = await bootReplica(a, SETTINGS);
  });
  afterAll(async () => {
    await b.close();
    await a.close();
  });

  const guess = async (times: number, headers: HeaderMap, right: string): Promise<void> => {
    for (let n = 0; n < times; n++) {
      const answer = await confirmEmailChange(n % 2 === 0 ? a : b, headers, wrongCode(right));
      expectProblem(answer, 422, 'code.invalid');
    }
  };
  const aRightCode = async (headers: HeaderMap, password?: string): Promise<string> => {
    const target = address('target');
    expect((await startEmailChange(a, headers, target, password)).status).toBe(202);
    return codeTo(a, target);
  };

  it('[S-23] [S-50] [I6] are the last of an account, whatever the target, session, replica and time; sessions go on', async () => {
    const { account, headers } = await aPerson(a);
    const elsewhere = bearer((await signIn(b, account)).accessToken);
    await guess(33, headers, await aRightCode(headers));
    const code = await aRightCode(headers);
    await guess(33, elsewhere, code);
    await a.http.post(`${ROOT}/me/email-change/resend`, undefined, headers);
    await guess(33, headers, code);
    const restarted = await bootReplica(a, SETTINGS);
    expectProblem(await confirmEmailChange(restarted, headers, wrongCode(code)), 422, 'code.invalid');
    await restarted.close();

    await a.age('11 minutes');
    const { accessToken } = await signIn(a, account);
    const right = await aRightCode(bearer(accessToken));
    expectProblem(await confirmEmailChange(b, bearer(accessToken), right), 422, 'code.invalid');
    expect((await me(a, { accessToken })).status).toBe(200);
  });

  it('[S-23] leave the owner a reset by a mailed link, after which a right code is right again', async () => {
    const { account, headers } = await aPerson(a);
    await guess(100, headers, await aRightCode(headers));
    await a.http.post(`${ROOT}/password-reset`, { email: account.email });
    await expectOpenAfterReset(account.email);
  });

  it('[S-23] leave the owner the reset that an undo mails', async () => {
    const { account } = await aPerson(a);
    const { email } = await prove(a, account, address('thief'));
    const thief = bearer((await signIn(a, { ...account, email })).accessToken);
    await guess(100, thief, await aRightCode(thief));
    expect((await undoFrom(a, account.email)).status).toBe(200);
    await expectOpenAfterReset(account.email);
  });

  it('[S-23] at the page, by whoever is not signed in, leave the owner the proof by a session', async () => {
    const account = await anAccount(a, { emailVerified: false });
    const headers = bearer((await signIn(a, account)).accessToken);
    const verification = `${ROOT}/email-verification`;
    const aCode = async () => {
      await a.http.post(verification, undefined, headers);
      return codeTo(a, account.email);
    };
    const press = (api: TestApi, code: string) => submit(api, '/email-verification', { email: account.email, code });
    const wrong = wrongCode(await aCode());
    for (let n = 0; n < 100; n++) expect((await press(n % 2 === 0 ? a : b, wrong)).status).toBe(422);
    await a.age('11 minutes');
    expect((await press(b, await aCode())).status).toBe(422);
    expect((await a.http.post(`${verification}/confirm`, { code: await aCode() }, headers)).status).toBe(200);
  });

  /** The pauses stay as they were: the window has to be over, too. */
  async function expectOpenAfterReset(email: string): Promise<void> {
    const token = await tokenTo(a, email, '/password-reset');
    const answer = await b.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: STRONG_PASSWORD });
    expect(answer.status).toBe(204);
    await a.age('11 minutes');
    const headers = bearer((await signIn(a, { email, password: STRONG_PASSWORD })).accessToken);
    const right = await aRightCode(headers, STRONG_PASSWORD);
    expect((await confirmEmailChange(b, headers, right)).status).toBe(200);
  }
});
