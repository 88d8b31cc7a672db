import { ManageAccount } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, type TestAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';

const CHANGE_PASSWORD = '/v1/users/profile/change-password';
/** As the page shows it. */
const PAGE_BODY = { oldPassword: 'CurrentSecureP@ss123', newPassword: 'NewSecureP@ssw0rd!' };

const failure = (code: number, message: string, data?: object) => ({
  status: false,
  error: { code, message, ...(data && { data }) },
});
const UNAUTHORIZED = failure(4001, 'Unauthorized');
const NOT_FOUND = failure(3001, 'Entity not found');
const WRONG_PASSWORD = failure(5023, 'Incorrect old password');
const bodyError = (field: string, message: string, type: string) =>
  failure(6002, 'Body Validation Error', {
    errors: [{ field: [field], location: 'body', messages: [message], types: [type] }],
  });
const weak = (...reasons: string[]) => failure(5057, 'Insufficient Password Complexity', { reasons });

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

const change = (token: string, body: unknown, path = CHANGE_PASSWORD) => api.http.post(path, body, bearer(token));
const tokenOf = async (account: TestAccount) => (await aSession(api, account)).accessToken;

describe('applivery: change password', () => {
  it('answers the page’s own example as the page does, and every token of the account is dead', async () => {
    const account = await anAccount(api, { password: PAGE_BODY.oldPassword });
    const asking = await aSession(api, account);
    const other = await aSession(api, account);
    const answer = await change(asking.accessToken, PAGE_BODY);
    expect([answer.status, answer.body]).toEqual([200, { status: true, data: { passwordChanged: 'OK' } }]);
    for (const { accessToken, renewalToken } of [asking, other]) {
      expect((await change(accessToken, PAGE_BODY)).body).toEqual(UNAUTHORIZED);
      expect((await api.http.get('/account/v1/me', bearer(accessToken))).status).toBe(401);
      const refresh = await api.http.post('/v1/auth/refresh', {
        lastAccessToken: accessToken,
        refreshToken: renewalToken,
      });
      expect([refresh.status, refresh.body]).toEqual([401, UNAUTHORIZED]);
    }
    await expect(aSession(api, account)).rejects.toMatchObject({ code: 'credentials.invalid' });
    await aSession(api, { ...account, password: PAGE_BODY.newPassword });
    expect(await api.mailsTo(account.email)).toHaveLength(1);
  });

  it('looks at the token before the body, and at the body before the old password', async () => {
    const wrongAll = { oldPassword: 'x', newPassword: 7, other: 1 };
    const noToken = await api.http.post(CHANGE_PASSWORD, wrongAll);
    expect([noToken.status, noToken.body]).toEqual([401, failure(4002, 'No auth token')]);
    const badToken = await change('not-a-token', wrongAll);
    expect([badToken.status, badToken.body]).toEqual([401, UNAUTHORIZED]);
    const token = await tokenOf(await anAccount(api));
    const badBody = await change(token, wrongAll);
    expect([badBody.status, badBody.body.error.code]).toEqual([400, 6002]);
    const badPasswords = await change(token, { oldPassword: 'wrong-password', newPassword: 'aaaaaaaa' });
    expect([badPasswords.status, badPasswords.body]).toEqual([400, WRONG_PASSWORD]);
  });

  const LENGTH = 'must have 8 to 128 characters';
  it.each<[string, unknown, object]>([
    [
      'a short old password',
      { ...PAGE_BODY, oldPassword: 'Short7!' },
      bodyError('oldPassword', `oldPassword ${LENGTH}`, 'hasCodePoints'),
    ],
    [
      'a short new password',
      { ...PAGE_BODY, newPassword: 'Short7!' },
      bodyError('newPassword', `newPassword ${LENGTH}`, 'hasCodePoints'),
    ],
    [
      'seven emoji of two UTF-16 units',
      { ...PAGE_BODY, newPassword: '🦀'.repeat(7) },
      bodyError('newPassword', `newPassword ${LENGTH}`, 'hasCodePoints'),
    ],
    [
      '129 characters',
      { ...PAGE_BODY, newPassword: `aA1${'x'.repeat(126)}` },
      bodyError('newPassword', `newPassword ${LENGTH}`, 'hasCodePoints'),
    ],
    [
      'NUL',
      { ...PAGE_BODY, newPassword: 'Abcdefg1\0' },
      bodyError('newPassword', 'newPassword must be text without NUL and unpaired surrogates', 'isCleanText'),
    ],
    [
      'a lone surrogate',
      '{"oldPassword":"CurrentSecureP@ss123","newPassword":"Abcdefg1\\ud800"}',
      bodyError('newPassword', 'newPassword must be text without NUL and unpaired surrogates', 'isCleanText'),
    ],
    ['an unknown field', { ...PAGE_BODY, userId: 'x' }, bodyError('userId', 'This field is not known.', 'unknown')],
    [
      'malformed JSON',
      '{"oldPassword":',
      failure(6002, 'Body Validation Error', {
        errors: [{ field: [], location: 'body', messages: ['must be a JSON object'], types: ['object'] }],
      }),
    ],
    [
      'an array',
      [],
      failure(6002, 'Body Validation Error', {
        errors: [{ field: [], location: 'body', messages: ['must be a JSON object'], types: ['object'] }],
      }),
    ],
  ])('refuses %s with 6002 and echoes nothing', async (_, body, expected) => {
    const account = await anAccount(api);
    const answer = await change(await tokenOf(account), body);
    expect([answer.status, answer.body]).toEqual([400, expected]);
    await aSession(api, account);
  });

  it('lists every broken rule of a missing and a mistyped field', async () => {
    const answer = await change(await tokenOf(await anAccount(api)), { newPassword: ['NewSecureP@ssw0rd!'] });
    const fields = answer.body.error.data.errors.map((error: { field: string[]; types: string[] }) => [
      error.field,
      error.types,
    ]);
    expect(fields).toEqual([
      [['oldPassword'], ['isString', 'isCleanText', 'hasCodePoints']],
      [['newPassword'], ['isString', 'isCleanText', 'hasCodePoints']],
    ]);
  });

  it('accepts 8 and 128 characters', async () => {
    const account = await anAccount(api, { password: 'eightCh4' });
    const longest = `aA1${'é'.repeat(125)}`;
    expect((await change(await tokenOf(account), { oldPassword: 'eightCh4', newPassword: longest })).status).toBe(200);
    expect(
      (
        await change(await tokenOf({ ...account, password: longest }), {
          oldPassword: longest,
          newPassword: 'Ei8ht-Ch',
        })
      ).status,
    ).toBe(200);
  });

  it.each([
    ['two kinds of characters', 'alllowercase1', ['too-few-kinds']],
    ['three different characters', 'aA1aA1aA1', ['too-few-different']],
    ['a common one, in another case', 'P@ssw0rd', ['common']],
    ['the account’s address', 'Grace.H0pper@Example.com', ['same-as-address']],
    ['its local part', 'Grace.H0pper', ['same-as-address']],
    ['its display name', 'Grace M. H0pper', ['same-as-name']],
    ['the same as the old', 'CurrentSecureP@ss123', ['unchanged']],
  ])('refuses %s as the new password with 5057', async (_, newPassword, reasons) => {
    const account = await graceHopper();
    const answer = await change(await tokenOf(account), { ...PAGE_BODY, newPassword });
    expect([answer.status, answer.body]).toEqual([400, weak(...reasons)]);
  });

  let grace: TestAccount | undefined;
  async function graceHopper(): Promise<TestAccount> {
    return (grace ??= await anAccount(api, { email: 'grace.h0pper@example.com', displayName: 'Grace M. H0pper' }));
  }

  it('tells that the account was deleted after the body and before the old password', async () => {
    const account = await anAccount(api);
    const token = await tokenOf(account);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    expect((await change(token, { oldPassword: 'x' })).body.error.code).toBe(6002);
    const gone = await change(token, { ...PAGE_BODY, oldPassword: 'wrong-password' });
    expect([gone.status, gone.body]).toEqual([404, NOT_FOUND]);
  });

  it('counts wrong old passwords with wrong sign-ins and then answers 4290 with Retry-After [S-33]', async () => {
    const account = await anAccount(api);
    const token = await tokenOf(account);
    for (let tries = 0; tries < 5; tries++) {
      expect((await change(token, { ...PAGE_BODY, oldPassword: 'wrong-password' })).body).toEqual(WRONG_PASSWORD);
      const login = { provider: 'traditional', payload: { email: account.email, password: 'wrong-password' } };
      expect((await api.http.post('/v1/auth/login', login)).body).toEqual(failure(4006, 'Invalid Credentials'));
    }
    const refused = await change(token, PAGE_BODY);
    expect([refused.status, refused.body]).toEqual([429, failure(4290, 'Too many attempts')]);
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(800);
  });

  it('lets one of eight parallel changes win: one password signs in [S-38]', async () => {
    const account = await anAccount(api);
    const tokens = await Promise.all(Array.from({ length: 8 }, () => tokenOf(account)));
    const answers = await Promise.all(
      tokens.map((token, index) => change(token, { ...PAGE_BODY, newPassword: `An0ther-Password-${index}` })),
    );
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const { status } of answers) expect([200, 400, 401, 409]).toContain(status);
    const winner = answers.findIndex(({ status }) => status === 200);
    await aSession(api, { ...account, password: `An0ther-Password-${winner}` });
    expect(await api.mailsTo(account.email)).toHaveLength(1);
  });
});
