import { decode } from 'jsonwebtoken';
import { ApiKeys, ManageAccount } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, TEST_REQUESTER } from '../support/factories';
import { bearer } from '../support/http-client';
import { anApiKey, aShortToken, AUTH, aUserToken, expectCode, GET, keyed, UPDATE, userToken } from './vivoldi-client';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

const profileOf = async (headers: Record<string, string>) => (await api.http.get(GET, headers)).body.result;

describe('vivoldi: auth', () => {
  it('answers a token that lives one minute, as the page shows it', async () => {
    const account = await anAccount(api);
    const answer = await api.http.post(AUTH, { eml: 'your@gmail.com' }, keyed(await anApiKey(api, account)));
    const { result } = answer.body;
    expect(answer.status).toBe(200);
    expect(answer.body).toEqual({ code: 0, message: '', result: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/) });
    const claims = decode(result) as { iat: number; exp: number };
    expect(claims.exp - claims.iat).toBe(60);
    expect(await profileOf(userToken(result))).toMatchObject({ eml: account.email });
    await api.age('61 seconds');
    expectCode(await api.http.get(GET, userToken(result)), 1102);
  });

  it('needs no body, and takes the scheme in any case', async () => {
    const apiKey = await anApiKey(api, await anAccount(api));
    const answer = await api.http.post(AUTH, undefined, { authorization: `apikey ${apiKey}` });
    expect(answer.body).toMatchObject({ code: 0, result: expect.any(String) });
  });

  it('opens no session that a list shows, and leaves no refresh token', async () => {
    const account = await anAccount(api);
    await aShortToken(api, await anApiKey(api, account));
    const rows = await api.dataSource.query(
      `SELECT listed, refresh_token.session_id, handle_hash
       FROM session LEFT JOIN refresh_token ON session_id = session.id WHERE account_id = $1`,
      [account.id],
    );
    expect(rows).toEqual([{ listed: false, session_id: null, handle_hash: null }]);
  });

  it('refuses whatever is no live key, before it looks at the body', async () => {
    const { apiKey, id } = await api.app.get(ApiKeys).create((await anAccount(api)).id, TEST_REQUESTER);
    await api.app.get(ApiKeys).revoke(id, TEST_REQUESTER);
    const disabled = await anAccount(api);
    const keyOfDisabled = await anApiKey(api, disabled);
    await api.app.get(ManageAccount).patch(disabled.id, { disabled: true }, TEST_REQUESTER);
    const { accessToken } = await aSession(api, await anAccount(api));

    const refused = [{}, keyed('wrong'), keyed(''), keyed(apiKey), keyed(keyOfDisabled), bearer(accessToken)];
    for (const headers of [...refused, keyed(accessToken), userToken(accessToken)]) {
      expectCode(await api.http.post(AUTH, '{', headers), 1104);
    }
  });

  it('refuses a malformed body, and plan FREE whatever the body says', async () => {
    expectCode(await api.http.post(AUTH, '{', keyed(await anApiKey(api, await anAccount(api)))), 1002);
    const free = await anAccount(api, { plan: 'FREE' });
    expectCode(await api.http.post(AUTH, { eml: 5 }, keyed(await anApiKey(api, free))), 1201);
  });

  it('stops working while the account waits for a reset, and its token with it', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    await api.dataSource.query('UPDATE account SET password_reset_required = true WHERE id = $1', [account.id]);
    expectCode(await api.http.post(AUTH, {}, keyed(apiKey)), 1104);
  });

  it('hands out only the change of the password where one is required', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const headers = await aShortToken(api, apiKey);
    expectCode(await api.http.get(GET, headers), 1102);
    expectCode(await api.http.put(UPDATE, { pwd: 'Zght943!' }, headers), 0);
    expect(await profileOf(await aShortToken(api, apiKey))).toMatchObject({ eml: account.email });
  });
});

describe('vivoldi: auth for a member of the organisation', () => {
  const owner = (plan: 'BUSINESS' | 'PREMIUM') => anAccount(api, { plan, organisation: { id: 'acme', role: 'owner' } });

  it('lets the owner on plan BUSINESS act for a member, in any spelling of the address', async () => {
    const member = await anAccount(api, { organisation: { id: 'acme', role: 'member' } });
    const apiKey = await anApiKey(api, await owner('BUSINESS'));
    const headers = await aShortToken(api, apiKey, member.email.toUpperCase());
    expect(await profileOf(headers)).toMatchObject({ eml: member.email });
    expectCode(await api.http.put(UPDATE, { pwd: 'Zght943!' }, { ...headers, ...keyed(apiKey) }), 0);
    expect(await aSession(api, { ...member, password: 'Zght943!' })).toBeTruthy();
  });

  it('answers a stranger, nobody and what is no address alike', async () => {
    const outsider = await anAccount(api, { organisation: { id: 'other', role: 'member' } });
    const loner = await anAccount(api);
    const headers = keyed(await anApiKey(api, await owner('BUSINESS')));
    for (const eml of [outsider.email, loner.email, 'nobody@example.com', 'nobody', '', null, 5]) {
      expectCode(await api.http.post(AUTH, { eml }, headers), 2001);
    }
  });

  it('ignores eml, whatever it is, on a lower plan and for who is no owner', async () => {
    const other = await anAccount(api, { organisation: { id: 'acme', role: 'member' } });
    const member = await anAccount(api, { plan: 'BUSINESS', organisation: { id: 'acme', role: 'member' } });
    for (const holder of [await anAccount(api), await owner('PREMIUM'), member]) {
      const apiKey = await anApiKey(api, holder);
      for (const eml of [other.email, 'nobody', null, 5]) {
        expect(await profileOf(await aShortToken(api, apiKey, eml))).toMatchObject({ eml: holder.email });
      }
    }
  });
});

describe('vivoldi: get', () => {
  const YMDT = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
  const utc = (time: string) => Date.parse(`${time.replace(' ', 'T')}Z`);

  it('answers every field of the page', async () => {
    const account = await anAccount(api, { displayName: 'Tester', plan: 'BUSINESS', locale: 'zh' });
    const { body, status } = await api.http.get(GET, await aUserToken(api, account));
    expect(status).toBe(200);
    expect(body).toEqual({
      code: 0,
      message: '',
      result: {
        eml: account.email,
        nm: 'Tester',
        planNm: 'BUSINESS',
        planExpires: null,
        locale: 'zh',
        timeZone: 'UTC',
        emlVerifiedYn: 'Y',
        twoAuthYn: 'N',
        sinYmdt: expect.stringMatching(YMDT),
        regYmdt: expect.stringMatching(YMDT),
      },
    });
  });

  it('gives an account without a name an empty one, and an unproved address N', async () => {
    const account = await anAccount(api, { emailVerified: false });
    expect(await profileOf(await aUserToken(api, account))).toMatchObject({ nm: '', emlVerifiedYn: 'N' });
  });

  it('tells the last sign-in with a password and the creation, in UTC; keys and wrong passwords are no sign-in', async () => {
    const account = await anAccount(api);
    await api.age('3 hours');
    await aSession(api, account);
    await api.age('2 hours');
    await expect(aSession(api, { ...account, password: 'wrong' })).rejects.toThrow();
    const { sinYmdt, regYmdt } = await profileOf(await aShortToken(api, await anApiKey(api, account)));
    const hoursAgo = (time: string) => (Date.now() - utc(time)) / 3_600_000;
    expect(hoursAgo(sinYmdt)).toBeCloseTo(2, 1);
    expect(hoursAgo(regYmdt)).toBeCloseTo(5, 1);
  });

  it('knows no sign-in of an account that only ever used its key', async () => {
    const account = await anAccount(api);
    expect(await profileOf(await aShortToken(api, await anApiKey(api, account)))).toMatchObject({ sinYmdt: null });
  });

  it('wants a token, and no bad key beside it', async () => {
    const headers = await aUserToken(api, await anAccount(api));
    expectCode(await api.http.get(GET), 1101);
    expectCode(await api.http.get(GET, { ...headers, ...keyed('wrong') }), 1104);
  });
});
