import { UpdateCredentials } from '@app/account';
import { vivoldiPolicy } from '../../apps/api/src/dialects/vivoldi/vivoldi.policy';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import type { HeaderMap } from '../support/http-client';
import { anAddress, anApiKey, aShortToken, aUserToken, changesOf, expectCode, GET, UPDATE } from './vivoldi-client';

/** More than all tests here fail with. */
const SOURCE_FAILURES = 1000;
const POLICY = vivoldiPolicy({ VIVOLDI_COMMON_PASSWORDS: 'accept' });

let api: TestApi;
beforeAll(async () => {
  api = await bootApi({ sourceFailures: SOURCE_FAILURES, trustedProxies: ['127.0.0.1'] });
});
afterAll(() => api.close());

const update = (body: unknown, headers: HeaderMap) => api.http.put(UPDATE, body, headers);

async function signsIn(email: string, password: string): Promise<boolean> {
  return aSession(api, { id: '', email, password }).then(
    () => true,
    () => false,
  );
}

describe('vivoldi: an address of somebody else', () => {
  it('changes neither field, tells its asker nothing, and leaves the token alive', async () => {
    const owner = await anAccount(api);
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    expectCode(await update({ eml: owner.email.toUpperCase(), pwd: 'Zght943!' }, headers), 2002);
    expect((await api.http.get(GET, headers)).body.result.eml).toBe(account.email);
    expect(await signsIn(account.email, account.password)).toBe(true);
    expect(await api.mailsTo(account.email)).toEqual([]);
  });

  it('[S-61] is told to its owner, once a day, with nothing that the asker says of itself', async () => {
    const owner = await anAccount(api);
    const ask = async (account: TestAccount) =>
      expectCode(
        await update({ eml: owner.email }, { ...(await aUserToken(api, account)), 'User-Agent': 'Pay here' }),
        2002,
      );
    const asker = await anAccount(api);
    await ask(asker);
    await ask(asker);
    await ask(await anAccount(api));
    const [mail, ...more] = await api.mailsTo(owner.email);
    expect(more).toEqual([]);
    expect(mail?.subject).toBe('This e-mail address already has an account');
    expect(mail?.text).toContain('By: a signed-in session of another account');
    expect(mail?.text).not.toMatch(/Pay here|127\.0\.0\.1|Set a new password/);
    await api.age('1 day');
    await ask(asker);
    expect(await api.mailsTo(owner.email)).toHaveLength(2);
  });

  it('is also one that its account has just left: the undo window keeps it', async () => {
    const left = await anAccount(api);
    expectCode(await update({ eml: anAddress() }, await aUserToken(api, left)), 0);
    const mails = await api.mailsTo(left.email);
    expectCode(await update({ eml: left.email }, await aUserToken(api, await anAccount(api))), 2002);
    expect(await api.mailsTo(left.email)).toEqual(mails);
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
    expect(await changesOf(api, account.id)).toBe(0);
    const noted = await api.dataSource.query(
      `SELECT action, count(*)::int FROM audit_event WHERE account_id = $1 AND action LIKE 'email.%' GROUP BY 1 ORDER BY 1`,
      [account.id],
    );
    expect(noted).toEqual([
      { action: 'email.refused', count: 4 },
      { action: 'email.unavailable-answered', count: 5 },
    ]);
    expectCode(await update({ pwd: 'Zght943!' }, headers), 0);
  });

  it('[S-54] can’t be looked for: twenty addresses a day, free ones counted too', async () => {
    const account = await anAccount(api);
    const apiKey = await anApiKey(api, account);
    for (let n = 0; n < 20; n++) expectCode(await update({ eml: anAddress() }, await aShortToken(api, apiKey)), 0);
    const headers = await aShortToken(api, apiKey);
    expectCode(await update({ eml: anAddress() }, headers), 4291);
    expectCode(await update({ eml: (await anAccount(api)).email }, headers), 4291);
    await api.age('1 day');
    expectCode(await update({ eml: anAddress() }, await aShortToken(api, apiKey)), 0);
  });

  it('[S-24] is told to each source as often as it may fail, whoever asks there; a free one costs it nothing', async () => {
    const ask = async (eml: string) => update({ eml }, await aUserToken(api, await anAccount(api)));
    const answersOfSource = `guess_budget WHERE scope = 'address-taken-source' AND key = '127.0.0.1'`;
    await api.dataSource.query(`DELETE FROM ${answersOfSource}`);
    const { email: taken } = await anAccount(api);
    expectCode(await ask(anAddress()), 0);
    expectCode(await ask(taken), 2002);
    const [budget] = await api.dataSource.query(`SELECT tries, max_tries FROM ${answersOfSource}`);
    expect(budget).toEqual({ tries: 1, max_tries: SOURCE_FAILURES });
    await api.dataSource.query(`UPDATE guess_budget SET tries = max_tries WHERE scope = 'address-taken-source'`);
    for (const eml of [taken, anAddress()]) expectCode(await ask(eml), 4291);
    await api.age('1 day');
    expectCode(await ask(anAddress()), 0);
  });

  it('[S-24] costs its source nothing from an account that may ask no more', async () => {
    const account = await anAccount(api);
    const headers = { ...(await aUserToken(api, account)), 'X-Forwarded-For': '203.0.113.1' };
    const { email: taken } = await anAccount(api);
    for (let n = 0; n < 7; n++) expectCode(await update({ eml: taken }, headers), n < 5 ? 2002 : 4291);
    const budgets = await api.dataSource.query(`SELECT tries FROM guess_budget WHERE key = '203.0.113.1'`);
    expect(budgets).toEqual([{ tries: 5 }]);
  });

  it('is not what a refusal for another reason is taken for', async () => {
    const account = await anAccount(api);
    const headers = await aUserToken(api, account);
    for (let n = 0; n < 5; n++) expectCode(await update({ eml: anAddress(), pwd: GOOD_PASSWORD }, headers), 2103);
    expectCode(await update({ eml: (await anAccount(api)).email }, headers), 2002);
  });

  it('costs no source where none is known', async () => {
    const [{ email: newEmail }, { id: accountId }] = [await anAccount(api), await anAccount(api)];
    const asker = { accountId, credentialVersion: 1, signInAgeSeconds: 0, passwordChangeOnly: false };
    const requester = { ...TEST_REQUESTER, ip: null };
    const triesOfSources = () =>
      api.dataSource.query(`SELECT key, tries FROM guess_budget WHERE scope = 'address-taken-source' ORDER BY key`);
    const before: unknown = await triesOfSources();
    const wish = api.app.get(UpdateCredentials).execute({ ...asker, newEmail }, POLICY, requester);
    await expect(wish).rejects.toMatchObject({ code: 'email.unavailable' });
    expect(await triesOfSources()).toEqual(before);
  });

  it('[S-24] is told to an IPv6 network as to one source', async () => {
    const { email: taken } = await anAccount(api);
    for (const host of ['::1', '::2']) {
      const headers = await aUserToken(api, await anAccount(api));
      expectCode(await update({ eml: taken }, { ...headers, 'X-Forwarded-For': `2001:db8:1:2${host}` }), 2002);
    }
    const budgets = await api.dataSource.query(
      `SELECT key, tries FROM guess_budget WHERE scope = 'address-taken-source' AND key LIKE '2001:%'`,
    );
    expect(budgets).toEqual([{ key: '2001:db8:1:2::/64', tries: 2 }]);
  });
});

describe('vivoldi: changes that meet', () => {
  it('[S-38] lets one of eight parallel updates win, and its password alone signs in', async () => {
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
    expect(await changesOf(api, account.id)).toBe(1);
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
    const late = api.app.get(UpdateCredentials).execute({ ...asker, newPassword: 'Late943!' }, POLICY, TEST_REQUESTER);
    await expect(late).rejects.toMatchObject({ code: 'account.changed-meanwhile' });
    expect(await changesOf(api, account.id)).toBe(1);
  });
});
