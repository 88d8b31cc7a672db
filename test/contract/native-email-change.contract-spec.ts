import { randomUUID } from 'node:crypto';
import {
  aPerson,
  changePassword,
  codeTo,
  confirmEmailChange,
  expectProblem,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  tokenTo,
  wrongCode,
} from '../e2e/native-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { unavailableAddresses } from '../support/unavailable-addresses';

const PENDING = `${ROOT}/me/email-change`;
const time = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
const aNewEmail = () => `new-${randomUUID().slice(0, 8)}@example.org`;

describe('native API: change of the address', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const aPendingChange = async () => {
    const newEmail = aNewEmail();
    const person = await aPerson(api);
    const { body } = await startEmailChange(api, person.headers, newEmail);
    return { ...person, newEmail, pending: body };
  };

  it('a start is answered with 202 and what is pending, in the canonical spelling', async () => {
    const { headers } = await aPerson(api);
    const answer = await startEmailChange(api, headers, 'Müller.List+x@BÜCHER.example'.replace('ü', 'u'));
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      newEmail: 'muller.list+x@xn--bcher-kva.example',
      expiresAt: time,
      resendAfter: time,
    });
    const [expiresIn, resendIn] = [answer.body.expiresAt, answer.body.resendAfter].map(
      (at) => Date.parse(at) - Date.now(),
    );
    expect(Number(expiresIn) / 60_000).toBeCloseTo(10, 1);
    expect(Number(resendIn) / 60_000).toBeCloseTo(1, 1);
  });

  it.each(['', 'ada', 'ada@localhost', 'kate\u212a@example.org', 'a@example.org,b@example.org', 'a\0@example.org'])(
    '[S-59] what is no address that we accept is refused: %j',
    async (newEmail) => {
      const { headers } = await aPerson(api);
      expectProblem(await startEmailChange(api, headers, newEmail), 422, 'email.invalid');
    },
  );

  it('[S-43] a start wants the current password, and its tries are counted', async () => {
    const { headers } = await aPerson(api);
    const attempt = () => startEmailChange(api, headers, aNewEmail(), 'not the password');
    for (let n = 0; n < 10; n++) expectProblem(await attempt(), 422, 'password.current-wrong');
    expectProblem(await attempt(), 429, 'password.too-many-tries');
  });

  it('[S-56] the own address in any spelling is refused, without a mail', async () => {
    const { account, headers } = await aPerson(api, { email: 'ada.l@example.com' });
    for (const spelling of ['ada.l@example.com', 'ADA.L@EXAMPLE.COM', 'Ada.L@ｅxample.com', 'ada.l@example。com']) {
      expectProblem(await startEmailChange(api, headers, spelling), 422, 'email.unchanged');
    }
    expect(await api.mailsTo(account.email)).toEqual([]);
    expectProblem(await api.http.get(PENDING, headers), 404, 'email-change.not-pending');
  });

  it('[S-54] a mailbox that has had its mails of the hour is left alone', async () => {
    const newEmail = aNewEmail();
    for (let n = 0; n < 10; n++) {
      const { headers } = await aPerson(api);
      expect((await startEmailChange(api, headers, newEmail.replace('@', `+${n}@`))).status).toBe(202);
    }
    const { headers } = await aPerson(api);
    expectProblem(await startEmailChange(api, headers, newEmail), 429, 'code.too-soon');
  });

  it('[S-54] [S-61] an account that walks over fresh addresses is stopped, with one answer for each that it names', async () => {
    const { account, headers } = await aPerson(api);
    const unavailable = await unavailableAddresses(api);
    const newEmail = aNewEmail();
    for (let n = 0; n < 8; n++) expect((await startEmailChange(api, headers, aNewEmail())).status).toBe(202);
    expect((await startEmailChange(api, headers, newEmail)).status).toBe(202);
    await api.age('61 seconds');
    expect((await api.http.post(`${PENDING}/resend`, undefined, headers)).status).toBe(202);

    const free = aNewEmail();
    for (const email of [free, newEmail, account.email, ...Object.values(unavailable)]) {
      const mails = await api.mailsTo(email);
      const answer = await startEmailChange(api, headers, email);
      expectProblem(answer, 429, 'code.too-soon');
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(3500);
      expect(await api.mailsTo(email)).toEqual(mails);
    }
    await api.age('61 seconds');
    expectProblem(await api.http.post(`${PENDING}/resend`, undefined, headers), 429, 'code.too-soon');

    for (let n = 0; n < 10; n++) await startEmailChange(api, headers, free);
    const { headers: anotherAccount } = await aPerson(api);
    expect((await startEmailChange(api, anotherAccount, free)).status).toBe(202);
    const confirmed = await confirmEmailChange(api, headers, await codeTo(api, newEmail));
    expect(confirmed.status).toBe(200);
    expect((await changePassword(api, bearer(confirmed.body.tokens.accessToken))).status).toBe(200);
    await api.age('1 hour');
    const again = await signIn(api, { email: newEmail, password: STRONG_PASSWORD });
    expect((await startEmailChange(api, bearer(again.accessToken), aNewEmail(), STRONG_PASSWORD)).status).toBe(202);
  });

  it('what is pending is read, and cancelled once', async () => {
    const { headers, pending } = await aPendingChange();
    const read = await api.http.get(PENDING, headers);
    expect([read.status, read.body]).toEqual([200, pending]);
    const cancelled = await api.http.delete(PENDING, headers);
    expect([cancelled.status, cancelled.text]).toEqual([204, '']);
    expectProblem(await api.http.delete(PENDING, headers), 404, 'email-change.not-pending');
    expectProblem(await api.http.get(PENDING, headers), 404, 'email-change.not-pending');
    expectProblem(await api.http.post(`${PENDING}/resend`, undefined, headers), 404, 'email-change.not-pending');
  });

  it('a resend waits for its time, then moves both ends of the same change', async () => {
    const { headers, pending } = await aPendingChange();
    const tooSoon = await api.http.post(`${PENDING}/resend`, undefined, headers);
    expectProblem(tooSoon, 429, 'code.too-soon');
    expect(Number(tooSoon.headers.get('retry-after'))).toBeLessThanOrEqual(60);

    await api.age('61 seconds');
    const answer = await api.http.post(`${PENDING}/resend`, undefined, headers);
    expect(answer.status).toBe(202);
    expect(answer.body).toEqual({ id: pending.id, newEmail: pending.newEmail, expiresAt: time, resendAfter: time });
    expect(Date.parse(answer.body.resendAfter)).toBeGreaterThan(Date.now() + 50_000);
    expect((await api.http.get(PENDING, headers)).body).toEqual(answer.body);
  });

  it('[S-54] resends that were refused cost the mailbox none of its mails', async () => {
    const { headers } = await aPendingChange();
    for (let n = 0; n < 12; n++) await api.http.post(`${PENDING}/resend`, undefined, headers);
    await api.age('61 seconds');
    expect((await api.http.post(`${PENDING}/resend`, undefined, headers)).status).toBe(202);
  });

  it('a right code is answered with 200 and new tokens for the session that asks', async () => {
    const { headers, newEmail } = await aPendingChange();
    const answer = await confirmEmailChange(api, headers, await codeTo(api, newEmail));
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({
      email: newEmail,
      sessionsEnded: 0,
      tokens: {
        accessToken: expect.any(String),
        tokenType: 'Bearer',
        expiresIn: 600,
        refreshToken: expect.any(String),
        session: { id: expect.any(String), expiresAt: time },
      },
    });
  });

  it('signed out everywhere, no session goes on', async () => {
    const { headers, newEmail } = await aPendingChange();
    const answer = await confirmEmailChange(api, headers, await codeTo(api, newEmail), 'everywhere');
    expect(answer.body).toEqual({ email: newEmail, sessionsEnded: 1 });
  });

  it('[S-69] [S-70] a code that is none, wrong, expired or not asked for is refused', async () => {
    const { headers, newEmail } = await aPendingChange();
    const code = await codeTo(api, newEmail);
    const arabic = code.replace(/\d/g, (digit) => String.fromCharCode(0x660 + Number(digit)));
    for (const wrong of ['', `${code}\n`, arabic, wrongCode(code)]) {
      expectProblem(await confirmEmailChange(api, headers, wrong), 422, 'code.invalid');
    }
    await api.age('11 minutes');
    expectProblem(await confirmEmailChange(api, headers, code), 422, 'code.invalid');
    const idle = await aPerson(api);
    expectProblem(await confirmEmailChange(api, idle.headers, code), 422, 'code.invalid');
  });

  it('[S-61] only a right code is told that somebody has the address since', async () => {
    const { account, headers, newEmail } = await aPendingChange();
    const code = await codeTo(api, newEmail);
    await anAccount(api, { email: newEmail });
    expectProblem(await confirmEmailChange(api, headers, wrongCode(code)), 422, 'code.invalid');
    expectProblem(await confirmEmailChange(api, headers, code), 409, 'email.unavailable');
    expect((await api.http.get(`${ROOT}/me`, headers)).body.email).toBe(account.email);
  });

  it.each(['cancel', 'undo'])('%s refuses a token that is none', async (action) => {
    for (const token of ['', 'x', '\0', 'x'.repeat(2000)]) {
      expectProblem(await api.http.post(`${ROOT}/email-change/${action}`, { token }), 422, 'link.invalid');
    }
  });

  it('a cancel by its link is answered with 200, once', async () => {
    const { account, headers } = await aPendingChange();
    const token = await tokenTo(api, account.email, '/email-change/cancel');
    const answer = await api.http.post(`${ROOT}/email-change/cancel`, { token });
    expect([answer.status, answer.body]).toEqual([200, { cancelled: true }]);
    expectProblem(await api.http.post(`${ROOT}/email-change/cancel`, { token }), 422, 'link.invalid');
    expectProblem(await api.http.get(PENDING, headers), 404, 'email-change.not-pending');
  });

  it('[S-64] an undo is answered with 200 and the restored address, once', async () => {
    const { account, headers, newEmail } = await aPendingChange();
    await confirmEmailChange(api, headers, await codeTo(api, newEmail));
    const token = await tokenTo(api, account.email, '/email-change/undo');
    const answer = await api.http.post(`${ROOT}/email-change/undo`, { token });
    expect([answer.status, answer.body]).toEqual([200, { email: account.email, passwordResetRequired: true }]);
    expectProblem(await api.http.post(`${ROOT}/email-change/undo`, { token }), 422, 'link.invalid');
  });

  it('[S-64] an undo is possible for seven days', async () => {
    const { account, headers, newEmail } = await aPendingChange();
    await confirmEmailChange(api, headers, await codeTo(api, newEmail));
    const token = await tokenTo(api, account.email, '/email-change/undo');
    await api.age('7 days 1 second');
    expectProblem(await api.http.post(`${ROOT}/email-change/undo`, { token }), 422, 'link.invalid');
  });
});
