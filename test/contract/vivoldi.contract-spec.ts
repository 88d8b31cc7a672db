import { UndoEmailChange, VerifyEmail } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import {
  anAddress,
  anApiKey,
  aShortToken,
  aUserToken,
  changesOf,
  expectCode,
  GET,
  PAGE_BODY,
  UPDATE,
  userToken,
} from './vivoldi-client';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

const update = (body: unknown, headers: HeaderMap) => api.http.put(UPDATE, body, headers);

/** The names and data of the last change's events. */
async function lastEvents(): Promise<{ name: string; data: Record<string, unknown> }[]> {
  const [row] = await api.dataSource.query('SELECT events FROM outbox_message ORDER BY sequence DESC LIMIT 1');
  return row.events;
}

async function signsIn(email: string, password: string): Promise<boolean> {
  return aSession(api, { id: '', email, password }).then(
    () => true,
    () => false,
  );
}

describe('vivoldi: a successful update', () => {
  it('answers the page’s own example as the page does, and afterwards the new pair alone signs in', async () => {
    const account = await anAccount(api);
    const answer = await update(PAGE_BODY, await aUserToken(api, account));
    expect(answer.status).toBe(200);
    expect(answer.text).toBe('{"code":0,"message":"","result":null}');
    expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(await signsIn(PAGE_BODY.eml, PAGE_BODY.pwd)).toBe(true);
    expect(await signsIn(account.email, account.password)).toBe(false);
  });

  it.each([
    ['e-mail alone', () => ({ eml: anAddress() })],
    ['password alone', () => ({ pwd: 'Zght943!' })],
    ['both', () => ({ eml: anAddress(), pwd: 'Zght943!' })],
    ['password with unknown fields', () => ({ pwd: 'Zght943!', nm: 'Eve', role: ['admin'], plan: null })],
  ])('takes %s by PUT and by POST, and changes only what was given', async (_, bodyOf) => {
    for (const method of ['PUT', 'POST']) {
      const account = await anAccount(api);
      const body: { eml?: string; pwd?: string } = bodyOf();
      const answer = await api.http.send(method, UPDATE, body, await aUserToken(api, account));
      expectCode(answer, 0);
      expect(await signsIn(body.eml ?? account.email, body.pwd ?? account.password)).toBe(true);
    }
  });

  it('[S-35] ends every token of the account, the asking one too, on every surface; nobody else’s', async () => {
    const account = await anAccount(api);
    const asking = await aUserToken(api, account);
    const other = await aSession(api, account);
    const stranger = await aUserToken(api, await anAccount(api));
    expectCode(await update({ pwd: 'Zght943!' }, asking), 0);
    for (const dead of [asking, userToken(other.accessToken)]) {
      expectCode(await api.http.get(GET, dead), 1102);
      expectCode(await update({ pwd: 'Other943!' }, dead), 1102);
    }
    const body = { oldPassword: 'Zght943!', newPassword: OTHER_GOOD_PASSWORD };
    const elsewhere = await api.http.post('/v1/users/profile/change-password', body, bearer(other.accessToken));
    expect(elsewhere.status).toBe(401);
    expect((await api.http.get(GET, stranger)).body.code).toBe(0);
  });

  it('lets API keys live: the next token comes from the same key', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    const eml = anAddress();
    expectCode(await update({ eml }, await aShortToken(api, apiKey)), 0);
    const profile = await api.http.get(GET, await aShortToken(api, apiKey));
    expect(profile.body.result).toMatchObject({ eml, emlVerifiedYn: 'N' });
    const texts = (await api.mailsTo(account.email)).map(({ text }) => text).join('\n');
    expect(texts).toContain('API keys of the account that still work: 1.');
  });

  it('records one event for each thing that changed, in one change', async () => {
    const account = await anAccount(api);
    const eml = anAddress();
    await update({ eml, pwd: 'Zght943!' }, await aUserToken(api, account));
    const changed = (await lastEvents()).filter(({ name }) => name.endsWith('-changed.v1'));
    expect(changed).toMatchObject([
      { name: 'account.email-changed.v1', data: { oldEmail: account.email, newEmail: eml, emailVerified: false } },
      { name: 'account.password-changed.v1', data: { by: 'change', keepSessionId: null, commonPassword: false } },
    ]);
  });

  it('sends each address one alert that names both changes; the old one can undo, the new one proves itself', async () => {
    const account = await anAccount(api);
    const eml = anAddress();
    await update({ eml, pwd: 'Zght943!' }, await aUserToken(api, account));

    const [toOld, ...moreToOld] = await api.mailsTo(account.email);
    const [toNew, ...moreToNew] = await api.mailsTo(eml);
    expect([...moreToOld, ...moreToNew]).toEqual([]);
    expect(toOld?.text).toContain('Your e-mail address was changed');
    expect(toOld?.text).toContain('Your password was changed');
    expect(toNew?.text).toContain('This is now the e-mail address of your account');
    expect(toNew?.text).toContain('Your password was changed');
    expect(toNew?.text).not.toContain('/email-change/undo');

    const code = /\b\d{6}\b/.exec(toNew?.text ?? '')?.[0] ?? '';
    await api.app.get(VerifyEmail).confirm(account.id, code, TEST_REQUESTER);
    const profile = await api.http.get(GET, await aUserToken(api, { ...account, email: eml, password: 'Zght943!' }));
    expect(profile.body.result).toMatchObject({ eml, emlVerifiedYn: 'Y' });

    const undoToken = /\/email-change\/undo\/(\S+)/.exec(toOld?.text ?? '')?.[1] ?? '';
    const undone = await api.app.get(UndoEmailChange).execute(decodeURIComponent(undoToken), TEST_REQUESTER);
    expect(undone).toEqual({ email: account.email });
  });

  it('treats the current address in any spelling as absent: alone nothing happens, and nobody is told', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    for (const eml of [account.email, account.email.toUpperCase(), account.email.replace('@example', '@Ｅxample')]) {
      expectCode(await update({ eml }, headers), 0);
    }
    expect((await api.http.get(GET, headers)).body.result).toMatchObject({ eml: account.email, emlVerifiedYn: 'Y' });
    expect(await changesOf(api, account.id)).toBe(0);
    expect(await api.mailsTo(account.email)).toEqual([]);
  });

  it('treats the current address beside a new password as absent: the password alone changes', async () => {
    const account = await anAccount(api);
    expectCode(await update({ eml: account.email, pwd: 'Zght943!' }, await aUserToken(api, account)), 0);
    const events = await lastEvents();
    expect(events.map(({ name }) => name)).toEqual(['account.password-changed.v1']);
    expect(events).toMatchObject([{ data: { recipients: [{ address: account.email, role: 'current' }] } }]);
    expect(await signsIn(account.email, 'Zght943!')).toBe(true);
  });

  it('gives a former address back to the account that left it', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    expectCode(await update({ eml: anAddress() }, await aShortToken(api, apiKey)), 0);
    expectCode(await update({ eml: account.email }, await aShortToken(api, apiKey)), 0);
  });
});

describe('vivoldi: the fields of update', () => {
  const LONG_LOCAL_PART = `${'a'.repeat(65)}@example.com`;

  it.each([
    ['null', null],
    ['empty', ''],
    ['a number', 5],
    ['true', true],
    ['a list', ['a@example.com']],
    ['an object', { address: 'a@example.com' }],
    ['no domain', 'yourchange'],
    ['a domain of one label', 'yourchange@localhost'],
    ['two addresses', 'a@example.com,b@example.com'],
    ['a header', 'a@example.com\r\nBcc: b@example.com'],
    ['a display name', 'Ada <a@example.com>'],
    ['a local part that is too long', LONG_LOCAL_PART],
    ['a lone surrogate', 'a\ud800@example.com'],
  ])('refuses an eml that is %s, with a good pwd and without', async (_, eml) => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    expectCode(await update({ eml }, headers), 2001);
    expectCode(await update({ eml, pwd: 'Zght943!' }, headers), 2001);
    expect(await changesOf(api, account.id)).toBe(0);
  });

  it.each([
    ['null', null],
    ['empty', ''],
    ['a number', 1234567],
    ['a list', ['Zght943!']],
    ['an object', {}],
    ['of 5 characters', 'Zg943'],
    ['of 31 characters', `Zght943!${'x'.repeat(23)}`],
    ['without a digit', 'Zghtijk!'],
    ['without a letter', '1234567!'],
    ['with NUL', 'Zght\u0000943!'],
    ['with a lone surrogate', 'Zght943!\ud800'],
  ])('refuses a pwd that is %s, with a good eml and without', async (_, pwd) => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    expectCode(await update({ pwd }, headers), 2101);
    expectCode(await update({ eml: anAddress(), pwd }, headers), 2101);
    expect(await changesOf(api, account.id)).toBe(0);
  });

  it.each([
    ['of 6 characters', 'Zg943!'],
    ['of 30 characters', `Zght943!${'x'.repeat(22)}`],
    ['of 30 characters, 28 of them emoji', `a1${'😀'.repeat(28)}`],
    ['with spaces around it', ' Zght943 '],
    ['common', 'password1'],
    ['in another script', 'пароль943'],
  ])('takes a pwd %s, letter by letter', async (_, pwd) => {
    const account = await anAccount(api);
    expectCode(await update({ pwd }, await aUserToken(api, account)), 0);
    expect(await signsIn(account.email, pwd)).toBe(true);
    expect(await signsIn(account.email, pwd.trim().toUpperCase())).toBe(false);
  });

  it('[S-7] marks a common password in the event, and the mail says so', async () => {
    const account = await anAccount(api);
    await update({ pwd: 'password1' }, await aUserToken(api, account));
    expect(await lastEvents()).toMatchObject([{ data: { commonPassword: true } }]);
    const [mail] = await api.mailsTo(account.email);
    expect(mail?.text).toContain('lists of well-known passwords');
  });

  it('[S-8] refuses a password that is the current or the new address, or the local part of one, in any case', async () => {
    const account = await anAccount(api, { email: 'grace1906@example.com' });
    const headers = await aUserToken(api, account);
    for (const pwd of ['grace1906@example.com', 'GRACE1906', 'hopper1906']) {
      expectCode(await update({ eml: 'hopper1906@example.com', pwd }, headers), 2102);
    }
    expectCode(await update({ pwd: 'grace1906' }, headers), 2102);
    expectCode(await update({ pwd: 'grace19061' }, headers), 0);
  });
});
