import { randomBytes, randomUUID } from 'node:crypto';
import { ManageAccount } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { bootReplica } from '../support/replica';
import { bearer, type HeaderMap } from '../support/http-client';
import {
  aPerson,
  changePassword,
  codeTo,
  confirmEmailChange,
  expectProblem,
  goodTokens,
  me,
  ROOT,
  signIn,
  startEmailChange,
  STRONG_PASSWORD,
  type Tokens,
  tokenTo,
  trySignIn,
} from './native-driver';
import { submit } from './pages-reader';

const THIEFS_PASSWORD = 'a password only the thief knows';
const aNewEmail = () => `new-${randomUUID().slice(0, 8)}@example.org`;

describe('native undo of a change of the address', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const undo = (token: string) => api.http.post(`${ROOT}/email-change/undo`, { token });

  const move = async (headers: HeaderMap, newEmail: string, password = GOOD_PASSWORD): Promise<Tokens> => {
    await startEmailChange(api, headers, newEmail, password);
    return (await confirmEmailChange(api, headers, await codeTo(api, newEmail))).body.tokens;
  };

  /** Who has the owner's token and password changes the address, the password, and the address again. */
  const aTheft = async () => {
    const { account, headers } = await aPerson(api);
    const [second, third] = [aNewEmail(), aNewEmail()];
    const moved = await move(headers, second);
    const { body } = await changePassword(api, bearer(moved.accessToken), { newPassword: THIEFS_PASSWORD });
    const thief = await move(bearer(body.tokens.accessToken), third, THIEFS_PASSWORD);
    return { account, second, third, thief, token: await tokenTo(api, account.email, '/email-change/undo') };
  };

  it('[S-64] [L-17] the old mailbox takes the account back through any chain, and all that the thief has is worthless', async () => {
    const { account, second, third, thief, token } = await aTheft();
    expect((await undo(token)).body).toEqual({ email: account.email, passwordResetRequired: true });

    expect(await goodTokens(api, thief)).toEqual([]);
    for (const email of [account.email, second, third]) {
      for (const password of [GOOD_PASSWORD, THIEFS_PASSWORD]) {
        expect((await trySignIn(api, { email, password })).status).toBe(401);
      }
    }
    const [told] = await api.mailsTo(account.email);
    expect(told?.text).toContain('A new password is the only way back into your account.');
    const subjects = (await api.mailsTo(third)).map(({ subject }) => subject);
    expect(subjects[0]).toBe('An e-mail address was taken off an account');

    const reset = await tokenTo(api, account.email, '/password-reset');
    const body = { token: reset, newPassword: STRONG_PASSWORD };
    expect((await api.http.post(`${ROOT}/password-reset/confirm`, body)).status).toBe(204);
    const back = await trySignIn(api, { email: account.email, password: STRONG_PASSWORD });
    expect((await me(api, back.body)).body).toMatchObject({
      id: account.id,
      email: account.email,
      emailVerified: true,
    });
  });

  it('[S-64] only the reset that is mailed to the restored address opens the account again', async () => {
    const { account, third, token } = await aTheft();
    await api.http.post(`${ROOT}/password-reset`, { email: third });
    const thiefsReset = await tokenTo(api, third, '/password-reset');
    await undo(token);
    const answer = await api.http.post(`${ROOT}/password-reset/confirm`, {
      token: thiefsReset,
      newPassword: THIEFS_PASSWORD,
    });
    expect(answer.body.code).toBe('link.invalid');
    const mailsBefore = (await api.mailsTo(third)).length;
    await api.age('2 minutes');
    await api.http.post(`${ROOT}/password-reset`, { email: third });
    expect(await api.mailsTo(third)).toHaveLength(mailsBefore);
    expect((await trySignIn(api, { ...account, password: THIEFS_PASSWORD })).status).toBe(401);
  });

  it('[S-64] [S-97] restores the address of an account that a service has shut, and mails it no reset until it is opened', async () => {
    const { account, token } = await aTheft();
    await api.app.get(ManageAccount).patch(account.id, { disabled: true }, TEST_REQUESTER);
    expect((await undo(token)).body).toEqual({ email: account.email, passwordResetRequired: true });
    const mails = await api.mailsTo(account.email);
    expect(mails[0]?.subject).toBe('This is the e-mail address of your account again');
    expect(mails.filter(({ text }) => text.includes('/password-reset/'))).toEqual([]);
    expect(mails[0]?.text).toContain('No link to a new password can be mailed to this address now');
    await api.app.get(ManageAccount).patch(account.id, { disabled: false }, TEST_REQUESTER);
    await enterByReset(api, account);
  });

  it('[S-64] [S-97] leaves a mailed reset the only way in, also when a service has shut and opened the account since', async () => {
    const { account, second, third, token } = await aTheft();
    await undo(token);
    for (const disabled of [true, false]) {
      await api.app.get(ManageAccount).patch(account.id, { disabled }, TEST_REQUESTER);
    }
    for (const email of [account.email, second, third]) await expectShut(api, email);
    const [opened] = await api.mailsTo(account.email);
    expect(opened?.subject).toBe('Your account was enabled again · Set a new password');
    expect(opened?.text).toContain('A new password is the only way back into your account.');
    await api.age('2 minutes');
    const mailsBefore = (await api.mailsTo(third)).length;
    for (const email of [third, account.email]) await api.http.post(`${ROOT}/password-reset`, { email });
    expect(await api.mailsTo(third)).toHaveLength(mailsBefore);
    await enterByReset(api, account);
  });

  it('[S-11] [S-64] leaves it the only way in when the pepper of the old password is dropped', async () => {
    const { account, token } = await aTheft();
    await undo(token);
    const replica = await bootReplica(api, { passwordPeppers: [{ version: 9, key: randomBytes(32) }] });
    await expectShut(replica, account.email);
    await enterByReset(replica, account);
    await replica.close();
  });

  const expectShut = async (at: TestApi, email: string) => {
    for (const password of [GOOD_PASSWORD, THIEFS_PASSWORD]) {
      expectProblem(await trySignIn(at, { email, password }), 401, 'credentials.invalid');
    }
  };

  /** By the newest link. */
  const enterByReset = async (at: TestApi, { email }: TestAccount) => {
    const body = { token: await tokenTo(api, email, '/password-reset'), newPassword: STRONG_PASSWORD };
    expect((await at.http.post(`${ROOT}/password-reset/confirm`, body)).status).toBe(204);
    expect((await trySignIn(at, { email, password: STRONG_PASSWORD })).status).toBe(201);
  };

  it('[S-97] restores nothing in the moment in which the account is deleted', async () => {
    const { account, token } = await aTheft();
    const deleted = 'deleted_at = now(), email = NULL, password_hash = NULL, display_name = NULL';
    await api.dataSource.query(`UPDATE account SET ${deleted} WHERE id = $1`, [account.id]);
    expect((await api.http.get(`/email-change/undo/${token}`)).status).toBe(422);
    expectProblem(await undo(token), 422, 'link.invalid');
  });

  it('[S-64] ends the undo links of the later addresses', async () => {
    const { second, token } = await aTheft();
    const thiefsUndo = await tokenTo(api, second, '/email-change/undo');
    await undo(token);
    expect((await undo(thiefsUndo)).body.code).toBe('link.invalid');
  });

  it('[L-1] [S-64] voids what the thief has pending, its code, its cancel link and every other code, also for who signs in again', async () => {
    const { account, tokens } = await aPerson(api);
    const [second, third] = [aNewEmail(), aNewEmail()];
    await api.http.put('/api/user/v1/update', { eml: second }, { 'X-Access-Token': tokens.accessToken });
    const verification = { email: second, code: await codeTo(api, second) };
    await startEmailChange(api, bearer((await signIn(api, { ...account, email: second })).accessToken), third);
    const [code, cancel] = [await codeTo(api, third), await tokenTo(api, second, '/email-change/cancel')];
    expect((await undo(await tokenTo(api, account.email, '/email-change/undo'))).status).toBe(200);
    expect(await standing(account)).toEqual({ pending: 0, codes: 0 });

    const reset = { token: await tokenTo(api, account.email, '/password-reset'), newPassword: STRONG_PASSWORD };
    expect((await api.http.post(`${ROOT}/password-reset/confirm`, reset)).status).toBe(204);
    const again = await signIn(api, { ...account, password: STRONG_PASSWORD });
    expectProblem(await api.http.post(`${ROOT}/email-change/cancel`, { token: cancel }), 422, 'link.invalid');
    expectProblem(await confirmEmailChange(api, bearer(again.accessToken), code), 422, 'code.invalid');
    expect((await submit(api, '/email-verification', verification)).status).toBe(422);
    expect((await me(api, again)).body.email).toBe(account.email);
  });

  const standing = async ({ id }: TestAccount): Promise<{ pending: number; codes: number }> => {
    const [row] = await api.dataSource.query(
      `SELECT (SELECT count(*)::int FROM pending_email_change WHERE account_id = $1) AS pending,
         (SELECT count(*)::int FROM mailed_code WHERE account_id = $1 AND ended_at IS NULL) AS codes`,
      [id],
    );
    return row;
  };

  it('[L-11] [S-77] a link that is read, as scanners do, undoes nothing', async () => {
    const { thief, third, token } = await aTheft();
    for (const path of [`${ROOT}/email-change/undo?token=${token}`, `/email-change/undo/${token}`]) {
      for (const method of ['GET', 'HEAD']) await api.http.send(method, path, undefined, {});
    }
    expect((await me(api, thief)).body.email).toBe(third);
    expect((await undo(token)).status).toBe(200);
  });

  it('[S-48] of eight at once with one link exactly one wins', async () => {
    const { account, token } = await aTheft();
    const answers = await Promise.all(Array.from({ length: 8 }, () => undo(token)));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status, body } of answers.filter((answer) => answer.status !== 200)) {
      expect([422, 409]).toContain(status);
      expect(['link.invalid', 'account.changed-meanwhile']).toContain(body.code);
    }
    const subjects = (await api.mailsTo(account.email)).map(({ subject }) => subject);
    expect(subjects.filter((subject) => subject.startsWith('This is the e-mail address'))).toHaveLength(1);
  });
});
