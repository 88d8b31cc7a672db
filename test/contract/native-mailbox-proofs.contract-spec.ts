import {
  aPerson,
  codeTo,
  expectProblem,
  ROOT,
  STRONG_PASSWORD,
  tokenTo,
  trySignIn,
  wrongCode,
} from '../e2e/native-driver';
import { submit } from '../e2e/pages-reader';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';

const RESET = `${ROOT}/password-reset`;
const VERIFICATION = `${ROOT}/email-verification`;

describe('native API: reset of the password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const aReset = async () => {
    const account = await anAccount(api);
    await api.http.post(RESET, { email: account.email });
    return { account, token: await tokenTo(api, account.email, '/password-reset') };
  };

  it.each(['somebody@example.com', 'nobody@example.com', 'no address', '', '\0'])(
    '[S-71] a request is answered with 202, whoever it is for: %j',
    async (email) => {
      if (email.startsWith('somebody')) await anAccount(api, { email });
      for (let times = 0; times < 3; times++) {
        const answer = await api.http.post(RESET, { email });
        expect([answer.status, answer.text]).toEqual([202, '']);
        expect(answer.headers.get('cache-control')).toBe('no-store');
      }
    },
  );

  it('[S-76] a reset is answered with 204, and signs nobody in', async () => {
    const { account, token } = await aReset();
    const answer = await api.http.post(`${RESET}/confirm`, { token, newPassword: STRONG_PASSWORD });
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await trySignIn(api, account)).status).toBe(401);
    expect((await trySignIn(api, { ...account, password: STRONG_PASSWORD })).status).toBe(201);
  });

  it('[S-72] a token that is none, used or expired is refused', async () => {
    const used = await aReset();
    await api.http.post(`${RESET}/confirm`, { token: used.token, newPassword: STRONG_PASSWORD });
    const expired = await aReset();
    await api.age('31 minutes');
    for (const token of ['', 'x', '\0', used.token, expired.token]) {
      const answer = await api.http.post(`${RESET}/confirm`, { token, newPassword: STRONG_PASSWORD });
      expectProblem(answer, 422, 'link.invalid');
    }
  });

  it('[S-37] a weak password is refused, and the link stays good', async () => {
    const { token } = await aReset();
    const weak = await api.http.post(`${RESET}/confirm`, { token, newPassword: 'passwordpassword' });
    expectProblem(weak, 422, 'password.too-weak', { reasons: ['common'] });
    expect((await api.http.post(`${RESET}/confirm`, { token, newPassword: STRONG_PASSWORD })).status).toBe(204);
  });
});

describe('native API: proof of an address that took effect unproved', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const confirm = (headers: HeaderMap, code: string) => api.http.post(`${VERIFICATION}/confirm`, { code }, headers);
  /** Somebody whose address nobody has proved, with a code for it. */
  const anUnproved = async () => {
    const { account, headers } = await aPerson(api, { emailVerified: false });
    const aCode = async () => {
      expect((await api.http.post(VERIFICATION, undefined, headers)).status).toBe(202);
      return codeTo(api, account.email);
    };
    return { account, headers, aCode, code: await aCode() };
  };

  it('[S-49] [S-50] a code has five tries, and the next code no more of them', async () => {
    const { headers, aCode, code } = await anUnproved();
    for (let n = 0; n < 5; n++) expectProblem(await confirm(headers, wrongCode(code)), 422, 'code.invalid');
    expectProblem(await confirm(headers, code), 422, 'code.invalid');
    await api.age('61 seconds');
    expectProblem(await confirm(headers, await aCode()), 422, 'code.invalid');
    await api.age('10 minutes');
    expect((await confirm(headers, await aCode())).status).toBe(200);
  });

  it('[S-47] a code is good for ten minutes', async () => {
    const [early, late] = [await anUnproved(), await anUnproved()];
    await api.age('9 minutes 50 seconds');
    expect((await confirm(early.headers, early.code)).status).toBe(200);
    await api.age('11 seconds');
    expectProblem(await confirm(late.headers, late.code), 422, 'code.invalid');
  });

  it('[S-48] a code works once, however many use it at once, and never again', async () => {
    const { headers, code } = await anUnproved();
    const answers = await Promise.all(Array.from({ length: 5 }, () => confirm(headers, code)));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 422, 422, 422, 422]);
    expectProblem(await confirm(headers, code), 422, 'code.invalid');
  });

  it('[S-52] a code of another account is refused, and stays good for that one', async () => {
    const [one, other] = [await anUnproved(), await anUnproved()];
    expectProblem(await confirm(one.headers, other.code), 422, 'code.invalid');
    expect((await confirm(other.headers, other.code)).status).toBe(200);
    expect((await confirm(one.headers, one.code)).status).toBe(200);
  });

  it('a proof loses to a change that commits while the code is judged', async () => {
    const { headers, code } = await anUnproved();
    await api.dataSource.query(`CREATE FUNCTION change_now() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
      UPDATE account SET credential_version = credential_version + 1 WHERE NEW.key LIKE '%' || id; RETURN NEW; END $$`);
    await api.dataSource.query(
      'CREATE TRIGGER change_now BEFORE INSERT ON guess_budget FOR EACH ROW EXECUTE FUNCTION change_now()',
    );
    const answer = await confirm(headers, code);
    await api.dataSource.query('DROP FUNCTION change_now CASCADE');
    expectProblem(answer, 409, 'account.changed-meanwhile');
  });

  it('a right code, given without a sign-in, proves nothing of an account that is disabled', async () => {
    const { account, code } = await anUnproved();
    const set = (disabled: boolean) =>
      api.dataSource.query('UPDATE account SET disabled = $2 WHERE id = $1', [account.id, disabled]);
    const press = () => submit(api, '/email-verification', { email: account.email, code });
    // Past the consumers of the change, which would void the code.
    await set(true);
    expect((await press()).status).toBe(422);
    await set(false);
    expect((await press()).status).toBe(200);
  });

  it('a request mails a code, whose proof is answered with 200', async () => {
    const { account, headers } = await aPerson(api, { emailVerified: false });
    const request = await api.http.post(VERIFICATION, undefined, headers);
    expect([request.status, request.text]).toEqual([202, '']);
    const code = await codeTo(api, account.email);
    expectProblem(
      await api.http.post(`${VERIFICATION}/confirm`, { code: wrongCode(code) }, headers),
      422,
      'code.invalid',
    );
    const answer = await api.http.post(`${VERIFICATION}/confirm`, { code }, headers);
    expect([answer.status, answer.body]).toEqual([200, { email: account.email, emailVerified: true }]);
    expect((await api.http.get(`${ROOT}/me`, headers)).body.emailVerified).toBe(true);
  });

  it('a second request waits for its time', async () => {
    const { headers } = await aPerson(api, { emailVerified: false });
    await api.http.post(VERIFICATION, undefined, headers);
    expectProblem(await api.http.post(VERIFICATION, undefined, headers), 429, 'code.too-soon');
  });

  it('an address that is proved gets no mail', async () => {
    const { account, headers } = await aPerson(api);
    expect((await api.http.post(VERIFICATION, undefined, headers)).status).toBe(202);
    expect(await api.mailsTo(account.email)).toEqual([]);
  });
});
