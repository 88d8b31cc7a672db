import { randomUUID } from 'node:crypto';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { unavailableAddresses } from '../support/unavailable-addresses';
import {
  aPerson,
  codeTo,
  confirmEmailChange,
  goodTokens,
  me,
  refresh,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
  wrongCode,
} from './native-driver';

const aNewEmail = () => `new-${randomUUID().slice(0, 8)}@example.org`;

describe('native change of the address', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const subjectsTo = async (address: string) => (await api.mailsTo(address)).map(({ subject }) => subject).reverse();
  const resend = (headers: HeaderMap) => api.http.post(`${ROOT}/me/email-change/resend`, undefined, headers);

  it('[S-44] [S-63] [S-66] [S-67] both mailboxes are told, the code decides, and nothing earlier lives', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const other = await signIn(api, account);
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    expect(await subjectsTo(account.email)).toEqual(['Somebody asked to change your e-mail address']);
    expect(await subjectsTo(newEmail)).toEqual(['Confirm your new e-mail address']);
    expect((await trySignIn(api, { ...account, email: newEmail })).status).toBe(401);
    expect((await me(api, tokens)).body).toMatchObject({ email: account.email, emailVerified: true });

    const { body } = await confirmEmailChange(api, headers, await codeTo(api, newEmail));
    expect(body.sessionsEnded).toBe(1);
    expect(body.tokens.session).toEqual({ id: expect.any(String), expiresAt: tokens.session.expiresAt });
    expect(body.tokens.session.id).not.toBe(tokens.session.id);
    for (const earlier of [tokens, other]) expect(await goodTokens(api, earlier)).toEqual([]);
    expect((await me(api, body.tokens)).body).toMatchObject({ id: account.id, email: newEmail, emailVerified: true });
    expect((await trySignIn(api, account)).status).toBe(401);
    expect((await trySignIn(api, { ...account, email: newEmail })).status).toBe(201);
    expect((await subjectsTo(account.email)).slice(1)).toEqual(['Your e-mail address was changed']);
    expect((await subjectsTo(newEmail)).slice(1)).toEqual(['This is now the e-mail address of your account']);
    expect((await refresh(api, body.tokens)).status).toBe(200);
  });

  it('[S-61] nobody can tell a taken address from a free one before a right code', async () => {
    const { headers } = await aPerson(api);
    const visible = (answer: HttpAnswer) => [answer.status, Object.keys(answer.body), [...answer.headers.keys()]];
    const free = await startEmailChange(api, headers, aNewEmail());
    expect((await confirmEmailChange(api, headers, '000000')).body.code).toBe('code.invalid');
    for (const [why, email] of Object.entries(await unavailableAddresses(api))) {
      expect([why, visible(await startEmailChange(api, headers, email))]).toEqual([why, visible(free)]);
      expect((await confirmEmailChange(api, headers, '000000')).body.code).toBe('code.invalid');
      expect((await subjectsTo(email)).at(-1)).toBe('This e-mail address already has an account');
    }
    expect(await subjectsTo(free.body.newEmail)).toHaveLength(1);
  });

  it('is stopped by the person, and the code is dead', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    const code = await codeTo(api, newEmail);
    await api.http.delete(`${ROOT}/me/email-change`, headers);
    expect((await confirmEmailChange(api, headers, code)).body.code).toBe('code.invalid');
    expect((await me(api, tokens)).body).toMatchObject({ email: account.email, pendingEmailChange: null });
  });

  it('[L-11] [S-77] is stopped by the link of the warning when it is posted, never when it is read', async () => {
    const { account, tokens, headers } = await aPerson(api);
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    const code = await codeTo(api, newEmail);
    const token = await tokenTo(api, account.email, '/email-change/cancel');
    for (const path of [`${ROOT}/email-change/cancel?token=${token}`, `/email-change/cancel/${token}`]) {
      for (const method of ['GET', 'HEAD']) await api.http.send(method, path, undefined, {});
    }
    expect((await me(api, tokens)).body.pendingEmailChange).toMatchObject({ newEmail });

    expect((await api.http.post(`${ROOT}/email-change/cancel`, { token })).status).toBe(200);
    expect((await confirmEmailChange(api, headers, code)).body.code).toBe('code.invalid');
    expect((await me(api, tokens)).body.pendingEmailChange).toBeNull();
  });

  it('of eight at once with one cancel link exactly one wins', async () => {
    const { account, headers } = await aPerson(api);
    await startEmailChange(api, headers, aNewEmail());
    const token = await tokenTo(api, account.email, '/email-change/cancel');
    const cancel = () => api.http.post(`${ROOT}/email-change/cancel`, { token });
    const answers = await Promise.all(Array.from({ length: 8 }, cancel));
    const codes = answers.map(({ status, body }) => (status === 200 ? 'cancelled' : body.code)).sort();
    expect(codes).toEqual(['cancelled', ...Array(7).fill('link.invalid')]);
  });

  it('[S-53] a resend voids the code before it', async () => {
    const { headers } = await aPerson(api);
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    const first = await codeTo(api, newEmail);
    await api.age('61 seconds');
    await resend(headers);
    const second = await codeTo(api, newEmail);
    expect((await confirmEmailChange(api, headers, first)).body.code).toBe('code.invalid');
    expect((await confirmEmailChange(api, headers, second)).status).toBe(200);
  });

  it('[S-49] [S-50] five wrong codes are all there are, resend and restart or not', async () => {
    const { headers } = await aPerson(api);
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    for (let n = 0; n < 4; n++) await confirmEmailChange(api, headers, wrongCode(await codeTo(api, newEmail)));
    await api.age('61 seconds');
    await resend(headers);
    await confirmEmailChange(api, headers, wrongCode(await codeTo(api, newEmail)));
    await startEmailChange(api, headers, newEmail);
    expect((await confirmEmailChange(api, headers, await codeTo(api, newEmail))).body.code).toBe('code.invalid');
  });

  it('[S-52] a code is good for its own account and its own address alone', async () => {
    const [one, two] = [await aPerson(api), await aPerson(api)];
    const [first, second] = [aNewEmail(), aNewEmail()];
    await startEmailChange(api, one.headers, first);
    const code = await codeTo(api, first);
    await startEmailChange(api, two.headers, first);
    expect((await confirmEmailChange(api, two.headers, code)).body.code).toBe('code.invalid');
    await startEmailChange(api, one.headers, second);
    expect((await confirmEmailChange(api, one.headers, code)).body.code).toBe('code.invalid');
    expect((await confirmEmailChange(api, one.headers, await codeTo(api, second))).status).toBe(200);
  });

  it('[S-48] [R8] [I6] of sixteen at once with the right code exactly one wins', async () => {
    const { account, headers } = await aPerson(api);
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    const code = await codeTo(api, newEmail);
    const answers = await Promise.all(Array.from({ length: 16 }, () => confirmEmailChange(api, headers, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(answers.filter(({ status }) => status >= 500)).toEqual([]);
    expect(await subjectsTo(account.email)).toHaveLength(2);
  });

  it('[S-62] who proves an address first has it, and the other’s code is dead', async () => {
    const [slow, fast] = [await aPerson(api), await aPerson(api)];
    const newEmail = aNewEmail();
    await startEmailChange(api, slow.headers, newEmail);
    const code = await codeTo(api, newEmail);
    await startEmailChange(api, fast.headers, newEmail);
    expect((await confirmEmailChange(api, fast.headers, await codeTo(api, newEmail))).status).toBe(200);
    expect((await confirmEmailChange(api, slow.headers, code)).body.code).toBe('code.invalid');
  });

  it('[S-65] the address that was left is nobody else’s while it can undo', async () => {
    const { account, headers } = await aPerson(api);
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    await confirmEmailChange(api, headers, await codeTo(api, newEmail));
    await expect(anAccount(api, { email: account.email })).rejects.toMatchObject({ code: 'email.unavailable' });
    await api.age('7 days 1 second');
    await expect(anAccount(api, { email: account.email })).resolves.toMatchObject({ email: account.email });
  });

  it('[S-68] [L-3] a reset link that was mailed to the old address is dead', async () => {
    const { account, headers } = await aPerson(api);
    await api.http.post(`${ROOT}/password-reset`, { email: account.email });
    const token = await tokenTo(api, account.email, '/password-reset');
    const newEmail = aNewEmail();
    await startEmailChange(api, headers, newEmail);
    const { body } = await confirmEmailChange(api, headers, await codeTo(api, newEmail));
    const reset = await api.http.post(`${ROOT}/password-reset/confirm`, { token, newPassword: STRONG_PASSWORD });
    expect(reset.body.code).toBe('link.invalid');
    expect((await api.http.get(`${ROOT}/me`, bearer(body.tokens.accessToken))).status).toBe(200);
  });
});
