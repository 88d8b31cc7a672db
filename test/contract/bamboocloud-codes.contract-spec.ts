import { randomBytes } from 'node:crypto';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount } from '../support/factories';
import type { HttpAnswer } from '../support/http-client';
import { bootReplica } from '../support/replica';
import {
  aCode,
  type CodeType,
  expectEmptySuccess,
  expectError,
  LOGIN,
  PAGE_HEADERS,
  signedIn,
  UPDATE_EMAIL,
  UPDATE_PASSWORD,
  wrongCode,
} from './bamboocloud-client';

describe('bamboocloud: a mailed code', () => {
  let api: TestApi;
  let emails = 0;
  const aNewEmail = () => `target-${(emails += 1)}@example.com`;
  const update = (idToken: string, email: string, verify_code: unknown) =>
    api.http.post(UPDATE_EMAIL, { email, verify_code }, signedIn(idToken));
  const aSignedIn = async () => {
    const account = await anAccount(api);
    return { account, idToken: (await aSession(api, account)).accessToken };
  };
  const guess = async (idToken: string, email: string, right: string, times: number) => {
    for (let n = 1; n <= times; n += 1) expectError(await update(idToken, email, wrongCode(right, n)), 'CAPTCHA.0007');
  };

  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it('[S-45] is six digits, as text, and worth nothing as a number', async () => {
    const { idToken } = await aSignedIn();
    const email = aNewEmail();
    const code = await aCode(api, email);
    expect(code).toMatch(/^[0-9]{6}$/);
    expectError(await update(idToken, email, Number(code)), 'PARAM.0400');
  });

  it('[S-46] is stored only as a hash whose key is not in the database', async () => {
    const { idToken } = await aSignedIn();
    const email = aNewEmail();
    const code = await aCode(api, email);
    const [row] = await api.dataSource.query('SELECT * FROM mailed_code WHERE email = $1', [email]);
    expect(row.code_hmac).toHaveLength(32);
    expect(JSON.stringify({ ...row, code_hmac: null, id: null })).not.toContain(code);
    const withAnotherKey = await bootReplica(api, { codeKey: randomBytes(32) });
    const body = { email, verify_code: code };
    expectError(await withAnotherKey.http.post(UPDATE_EMAIL, body, signedIn(idToken)), 'CAPTCHA.0007');
    await withAnotherKey.close();
    expectEmptySuccess(await update(idToken, email, code));
  });

  it('[S-47] is good for ten minutes by the database’s clock', async () => {
    const [early, late] = [await aSignedIn(), await aSignedIn()];
    const [kept, missed] = [aNewEmail(), aNewEmail()];
    const keptCode = await aCode(api, kept);
    await api.age('9 minutes 50 seconds');
    expectEmptySuccess(await update(early.idToken, kept, keptCode));
    const missedCode = await aCode(api, missed);
    await api.age('10 minutes 1 second');
    expectError(await update(late.idToken, missed, missedCode), 'CAPTCHA.0007');
  });

  it('[S-48] works once, however many use it at once', async () => {
    const email = aNewEmail();
    const people = await Promise.all(Array.from({ length: 8 }, aSignedIn));
    const code = await aCode(api, email);
    const answers = await Promise.all([...people, ...people].map(({ idToken }) => update(idToken, email, code)));
    const won = answers.findIndex(({ status }) => status === 200);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const answer of answers.filter(({ status }) => status !== 200)) expectRefusedByRace(answer);
    expect(await changesTo(email)).toBe(1);
    await api.drain();
    const tellsOld = await Promise.all(people.map(({ account }) => api.mailsTo(account.email)));
    expect(tellsOld.map((mails) => mails.length)).toEqual(people.map((_, n) => (n === won % 8 ? 1 : 0)));
  });

  it('[S-48] works once for its one account too, and never again', async () => {
    const { account, idToken } = await aSignedIn();
    const email = aNewEmail();
    const code = await aCode(api, email);
    const answers = await Promise.all(Array.from({ length: 16 }, () => update(idToken, email, code)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    expect(await changesTo(email)).toBe(1);
    expect(await api.mailsTo(account.email)).toHaveLength(1);
    const another = await aSignedIn();
    expectError(await update(another.idToken, email, code), 'CAPTCHA.0007');
  });

  it('[S-50] gives five tries, whatever is sent again, whichever target and session', async () => {
    const { account, idToken } = await aSignedIn();
    const [email, other] = [aNewEmail(), aNewEmail()];
    await guess(idToken, email, await aCode(api, email), 2);
    await guess(idToken, other, await aCode(api, other), 2);
    const resent = await aCode(api, email);
    const { accessToken } = await aSession(api, account);
    await guess(accessToken, email, resent, 1);
    expectError(await update(idToken, email, resent), 'CAPTCHA.0007');
    await api.age('11 minutes');
    expectEmptySuccess(await update(accessToken, email, await aCode(api, email)));
  });

  it('[S-50] never gives a sixth try for one that was no code', async () => {
    const { idToken } = await aSignedIn();
    const email = aNewEmail();
    const code = await aCode(api, email);
    for (const text of ['１２３４５６', '١٢٣٤٥٦', `${code}\n`, `+${code}`, `${code}0`]) {
      expectError(await update(idToken, email, text), 'CAPTCHA.0007');
    }
    expectError(await update(idToken, email, code), 'CAPTCHA.0007');
  });

  it.each([
    '１２３４５６',
    '١٢٣٤٥٦',
    '123456\n',
    ' 123456',
    '+12345',
    '1e5000',
    '1234567',
    '12345',
    '\u0000',
    '\ud800',
  ])('[S-70] is exactly six ASCII digits, not %j', async (text) => {
    const { idToken } = await aSignedIn();
    expectError(await update(idToken, aNewEmail(), text), 'CAPTCHA.0007');
  });

  it('[S-61] costs a try when it is right and the address is taken', async () => {
    const { idToken } = await aSignedIn();
    const { account } = await aSignedIn();
    const code = await aCode(api, account.email);
    for (let n = 0; n < 5; n += 1) expectError(await update(idToken, account.email, code), 'USER.0036');
    expectError(await update(idToken, account.email, code), 'CAPTCHA.0007');
  });

  it('[S-132] leaves a row in the log of who gave a wrong one, and none when it is right and the address is taken', async () => {
    const { account: taken } = await aSignedIn();
    const { account, idToken } = await aSignedIn();
    const code = await aCode(api, taken.email);
    const notes = () =>
      api.dataSource.query(`SELECT account_id FROM audit_event WHERE action = 'code.wrong' AND account_id = $1`, [
        account.id,
      ]);
    expectError(await update(idToken, taken.email, code), 'USER.0036');
    expect(await notes()).toEqual([]);
    await guess(idToken, taken.email, code, 1);
    expect(await notes()).toHaveLength(1);
  });

  it('never slows a sign-in, and a sign-in gives no new tries', async () => {
    const { account, idToken } = await aSignedIn();
    const email = aNewEmail();
    const code = await aCode(api, email);
    await guess(idToken, email, code, 8);
    const login = { user_name: account.email, password: account.password };
    const { status, body } = await api.http.post(LOGIN, login, PAGE_HEADERS);
    expect(status).toBe(200);
    expectError(await update(body.id_token, email, code), 'CAPTCHA.0007');
  });

  it('[S-52] is bound to its address and its application', async () => {
    const { idToken } = await aSignedIn();
    const [email, other] = [aNewEmail(), aNewEmail()];
    const code = await aCode(api, email);
    expectError(await update(idToken, other, code), 'CAPTCHA.0007');
    const clientId = 'A'.repeat(32);
    await api.dataSource.query(`INSERT INTO application (client_id, name) VALUES ($1, 'other')`, [clientId]);
    const foreign = { ...signedIn(idToken), 'X-client-id': clientId };
    expectError(await api.http.post(UPDATE_EMAIL, { email, verify_code: code }, foreign), 'CAPTCHA.0007');
    expectEmptySuccess(await update(idToken, email, code));
  });

  it.each<[CodeType, string]>([
    // Its own address, which only a right code can tell.
    ['UPDATE_EMAIL_EMS', 'IDAAS.SDK.USER.0036'],
    ['UPDATE_PWD_EMS', ''],
    ['FORGET_PWD_EMS', ''],
  ])('[S-52] of type %s serves that purpose and no other', async (type, rightAnswer) => {
    const { account, idToken } = await aSignedIn();
    const { email } = account;
    const verify_code = await aCode(api, email, type);
    const password = 'Quiet-Lantern-Orbit-4';
    const uses = {
      UPDATE_EMAIL_EMS: () => update(idToken, email, verify_code),
      UPDATE_PWD_EMS: () => api.http.post(UPDATE_PASSWORD, { verify_code, password }, signedIn(idToken)),
      FORGET_PWD_EMS: () => api.http.post(UPDATE_PASSWORD, { email, verify_code, password }, PAGE_HEADERS),
    };
    const types = Object.keys(uses) as CodeType[];
    for (const other of types.filter((name) => name !== type)) expectError(await uses[other](), 'CAPTCHA.0007');
    expect((await uses[type]()).body?.error_code ?? '').toBe(rightAnswer);
  });

  it('[S-53] lives beside two later ones, so that a stranger’s send does not void it', async () => {
    const { idToken } = await aSignedIn();
    const email = aNewEmail();
    const first = await aCode(api, email);
    const codes = [await aCode(api, email), await aCode(api, email), await aCode(api, email)];
    expectError(await update(idToken, email, first), 'CAPTCHA.0007');
    expectEmptySuccess(await update(idToken, email, codes[0]!));
  });

  function expectRefusedByRace({ status, body }: HttpAnswer): void {
    const refusals = ['CAPTCHA.0007', 'USER.0036', 'PARAM.0016', 'COMMON.0409'].map((name) => `IDAAS.SDK.${name}`);
    expect([400, 409]).toContain(status);
    expect(refusals).toContain(body.error_code);
  }

  async function changesTo(email: string): Promise<number> {
    const [row] = await api.dataSource.query(
      `SELECT count(*)::int AS n FROM audit_event a
       JOIN (SELECT jsonb_array_elements(events) AS event FROM outbox_message) changed
         ON changed.event->'data'->>'accountId' = a.account_id::text AND changed.event->>'name' = a.action
       WHERE a.action = 'account.email-changed.v1' AND changed.event->'data'->>'newEmail' = $1`,
      [email],
    );
    return row.n;
  }
});
