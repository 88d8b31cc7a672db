import { randomUUID } from 'node:crypto';
import { ManageAccount, UndoEmailChange, UpdateCredentials, VerifyEmail } from '@app/account';
import { vivoldiPolicy } from '../../apps/api/src/dialects/vivoldi/vivoldi.policy';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import {
  anApiKey,
  aShortToken,
  aUserToken,
  expectCode,
  GET,
  keyed,
  PAGE_BODY,
  UPDATE,
  userToken,
} from './vivoldi-client';

const anAddress = () => `new-${randomUUID().slice(0, 8)}@example.com`;

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

const changesOf = async (accountId: string): Promise<number> => {
  const [row] = await api.dataSource.query('SELECT credential_version - 1 AS changes FROM account WHERE id = $1', [
    accountId,
  ]);
  return row.changes;
};

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
    expect(await changesOf(account.id)).toBe(0);
    expect(await api.mailsTo(account.email)).toEqual([]);
  });

  it('treats the current address beside a new password as absent: the password alone changes', async () => {
    const account = await anAccount(api);
    expectCode(await update({ eml: account.email, pwd: 'Zght943!' }, await aUserToken(api, account)), 0);
    expect((await lastEvents()).map(({ name }) => name)).toEqual(['account.password-changed.v1']);
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
    expect(await changesOf(account.id)).toBe(0);
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
    expect(await changesOf(account.id)).toBe(0);
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

describe('vivoldi: the order of checks', () => {
  const OWN_WORD = 'ada1815';

  /**
   * 1104 key, when there is one → 1101, 1102 token → 1201 plan → 1002, 1001, 2001, 2101 body → 1102 eml by a token
   * that may only change the password → 1103 freshness → 2102 → 4291 budget → 2103 → 2002 → 4001.
   * Each request below is wrong in all that comes later too.
   */
  it('answers the first thing that is wrong', async () => {
    const { email: taken } = await anAccount(api);
    const free = await aUserToken(api, await anAccount(api, { plan: 'FREE' }));
    const stale = await aUserToken(api, await anAccount(api, { email: `${OWN_WORD}@example.com` }));
    await api.age('16 minutes');
    const fresh = await aUserToken(api, await anAccount(api, { email: `${OWN_WORD}@example.org` }));
    const badToken = userToken(`${fresh['x-access-token']}x`);

    expectCode(await update('{', keyed('wrong')), 1104);
    expectCode(await update('{', { ...fresh, authorization: 'APIKey' }), 1104);
    expectCode(await update('{', {}), 1101);
    expectCode(await update('{', { 'x-access-token': '' }), 1101);
    expectCode(await update('{', badToken), 1102);
    expectCode(await update('{', free), 1201);
    expectCode(await update('{', stale), 1002);
    expectCode(await update({ other: 1 }, stale), 1001);
    expectCode(await update({ eml: 'nobody', pwd: 5 }, stale), 2001);
    expectCode(await update({ pwd: 5, eml: 'nobody' }, stale), 2001);
    expectCode(await update({ eml: taken, pwd: 'short' }, stale), 2101);
    expectCode(await update({ eml: taken, pwd: OWN_WORD }, stale), 1103);
    expectCode(await update({ eml: taken, pwd: OWN_WORD }, fresh), 2102);
    expectCode(await update({ eml: taken, pwd: GOOD_PASSWORD }, fresh), 2103);
    expectCode(await update({ eml: taken, pwd: 'Zght943!' }, fresh), 2002);
  });

  it.each([
    ['an empty object', '{}', 1001],
    ['no body', undefined, 1001],
    ['a list', '[]', 1002],
    ['null', 'null', 1002],
    ['a string', '"Zght943!"', 1002],
    ['a duplicate key', '{"pwd":"Zght943!","pwd":"Other943!"}', 1002],
    ['an own prototype', '{"__proto__":{"pwd":"Zght943!"}}', 1002],
  ])('answers a body that is %s', async (_, body, code) => {
    const account = await anAccount(api);
    expectCode(await update(body, await aUserToken(api, account)), code);
    expect(await changesOf(account.id)).toBe(0);
  });
});

describe('vivoldi: who may update', () => {
  it('wants a sign-in of at most 15 minutes; a token from the auth endpoint is always fresh', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    const headers = await aUserToken(api, account);
    await api.age('14 minutes');
    expectCode(await update({ eml: 'nobody' }, headers), 2001);
    await api.age('2 minutes');
    expectCode(await update({ eml: anAddress() }, headers), 1103);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 1103);
    expect(await changesOf(account.id)).toBe(0);
    expectCode(await update({ pwd: 'Zght943!' }, await aShortToken(api, apiKey)), 0);
  });

  it('takes the token from X-Access-Token alone, and no other scheme than APIKey for a key', async () => {
    const account = await anAccount(api);
    const { accessToken } = await aSession(api, account);
    expectCode(await update({ pwd: 'Zght943!' }, bearer(accessToken)), 1101);
    expectCode(await update({ pwd: 'Zght943!' }, { ...userToken(accessToken), ...bearer('anything') }), 0);
  });

  it('takes a good key of anybody beside the token, and none that was revoked with its account', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    const gone = await anAccount(api);
    const deadKey = await anApiKey(api, gone);
    await api.app.get(ManageAccount).delete(gone.id, TEST_REQUESTER);
    expectCode(await update({ pwd: 'Zght943!' }, { ...headers, ...keyed(deadKey) }), 1104);
    expectCode(await update({ pwd: 'Zght943!' }, { ...headers, ...keyed(await anApiKey(api, account)) }), 0);
  });

  it.each(['PERSONAL', 'PREMIUM', 'BUSINESS'] as const)('serves plan %s', async (plan) => {
    const account = await anAccount(api, { plan });
    expectCode(await update({ pwd: 'Zght943!' }, await aUserToken(api, account)), 0);
  });

  it('changes nothing on plan FREE', async () => {
    const account = await anAccount(api, { plan: 'FREE' });
    const headers = await aUserToken(api, account);
    expectCode(await update(PAGE_BODY, headers), 1201);
    expectCode(await api.http.get(GET, headers), 1201);
    expect(await changesOf(account.id)).toBe(0);
  });

  it('calls the token of a deleted account invalid', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    await api.app.get(ManageAccount).delete(account.id, TEST_REQUESTER);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 1102);
    expectCode(await api.http.get(GET, headers), 1102);
  });

  it('lets a token that may only change the password do that, and nothing else', async () => {
    const account = await anAccount(api);
    await api.app.get(ManageAccount).requirePasswordChange(account.id, TEST_REQUESTER);
    const headers = await aUserToken(api, account);
    expectCode(await api.http.get(GET, headers), 1102);
    expectCode(await update({ eml: anAddress() }, headers), 1102);
    expectCode(await update({ eml: account.email }, headers), 1102);
    expectCode(await update({ eml: anAddress(), pwd: 'Zght943!' }, headers), 1102);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 0);
    const unrestricted = await aUserToken(api, { ...account, password: 'Zght943!' });
    expect((await api.http.get(GET, unrestricted)).status).toBe(200);
    expect((await api.http.get(GET, unrestricted)).body.code).toBe(0);
  });
});

describe('vivoldi: an address of somebody else', () => {
  it('changes neither field, tells nobody, and leaves the token alive', async () => {
    const owner = await anAccount(api);
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    expectCode(await update({ eml: owner.email.toUpperCase(), pwd: 'Zght943!' }, headers), 2002);
    expect((await api.http.get(GET, headers)).body.result.eml).toBe(account.email);
    expect(await signsIn(account.email, account.password)).toBe(true);
    expect([...(await api.mailsTo(owner.email)), ...(await api.mailsTo(account.email))]).toEqual([]);
  });

  it('is also one that its account has just left: the undo window keeps it', async () => {
    const left = await anAccount(api);
    expectCode(await update({ eml: anAddress() }, await aUserToken(api, left)), 0);
    expectCode(await update({ eml: left.email }, await aUserToken(api, await anAccount(api))), 2002);
  });

  it('is told five times a day; then free and taken are refused alike, passwords are not', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    for (let n = 0; n < 5; n++) {
      expectCode(await update({ eml: (await anAccount(api)).email }, headers), 2002);
    }
    const { email: taken } = await anAccount(api);
    for (const eml of [taken, anAddress()]) {
      const answer = await update({ eml }, headers);
      expectCode(answer, 4291);
      expect(Number(answer.headers.get('retry-after'))).toBeGreaterThan(86_000);
    }
    // The current password and another one are refused alike too: else this would be a place to guess it.
    for (const pwd of [GOOD_PASSWORD, 'Zght943!']) expectCode(await update({ eml: taken, pwd }, headers), 4291);
    expect(await changesOf(account.id)).toBe(0);
    const noted = await api.dataSource.query(
      `SELECT 1 FROM audit_event WHERE account_id = $1 AND action = 'email.unavailable-answered'`,
      [account.id],
    );
    expect(noted).toHaveLength(5);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 0);
  });

  it('can’t be looked for: twenty addresses a day, free ones counted too', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    for (let n = 0; n < 20; n++) expectCode(await update({ eml: anAddress() }, await aShortToken(api, apiKey)), 0);
    const headers = await aShortToken(api, apiKey);
    expectCode(await update({ eml: anAddress() }, headers), 4291);
    expectCode(await update({ eml: (await anAccount(api)).email }, headers), 4291);
    await api.age('1 day');
    expectCode(await update({ eml: anAddress() }, await aShortToken(api, apiKey)), 0);
  });
});

describe('vivoldi: changes that meet', () => {
  it('[S-11] lets one of eight parallel updates win, and its password alone signs in', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    const passwords = Array.from({ length: 8 }, (_, n) => `Zght943!${n}`);
    const answers = await Promise.all(passwords.map((pwd) => update({ pwd }, headers)));
    const codes = answers.map(({ body }) => body.code as number);
    expect(codes.filter((code) => code === 0)).toHaveLength(1);
    for (const answer of answers.filter(({ body }) => body.code !== 0)) {
      expectCode(answer, answer.body.code === 1102 ? 1102 : 4001);
    }
    const signedIn = await Promise.all(passwords.map((password) => signsIn(account.email, password)));
    expect(signedIn).toEqual(codes.map((code) => code === 0));
    expect(await changesOf(account.id)).toBe(1);
  });

  it('gives one address to one of eight accounts', async () => {
    const eml = anAddress();
    const accounts = await Promise.all(Array.from({ length: 8 }, () => anAccount(api)));
    const headers = await Promise.all(accounts.map((account) => aUserToken(api, account)));
    const answers = await Promise.all(headers.map((token) => update({ eml }, token)));
    expect(answers.map(({ body }) => body.code as number).sort()).toEqual([0, ...Array<number>(7).fill(2002)]);
  });

  it('answers “changed meanwhile” when the account changes while the request runs', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    await api.dataSource.query(`
      CREATE FUNCTION change_meanwhile() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        UPDATE account SET credential_version = credential_version + 1 WHERE id::text = NEW.key; RETURN NEW;
      END $$`);
    await api.dataSource.query(
      'CREATE TRIGGER change_meanwhile AFTER INSERT ON guess_budget FOR EACH ROW EXECUTE FUNCTION change_meanwhile()',
    );
    const answer = await update({ eml: anAddress(), pwd: 'Zght943!' }, headers);
    await api.dataSource.query('DROP TRIGGER change_meanwhile ON guess_budget');
    expectCode(answer, 4001);
    expect(await signsIn(account.email, account.password)).toBe(true);
  });

  it('does not act on a token that was judged before another change', async () => {
    const account = await anAccount(api);
    const asker = { accountId: account.id, credentialVersion: 1, signInAgeSeconds: 0, passwordChangeOnly: false };
    expectCode(await update({ pwd: 'Zght943!' }, await aUserToken(api, account)), 0);
    const policy = vivoldiPolicy({ VIVOLDI_COMMON_PASSWORDS: 'accept' });
    const late = api.app.get(UpdateCredentials).execute({ ...asker, newPassword: 'Late943!' }, policy, TEST_REQUESTER);
    await expect(late).rejects.toMatchObject({ code: 'account.changed-meanwhile' });
    expect(await changesOf(account.id)).toBe(1);
  });
});
