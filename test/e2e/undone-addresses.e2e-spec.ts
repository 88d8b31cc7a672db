import { aCode, expectError, signedIn, UPDATE_EMAIL } from '../contract/bamboocloud-client';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, OTHER_GOOD_PASSWORD } from '../support/factories';
import { bearer } from '../support/http-client';
import { ROOT, startEmailChange, tokenTo } from './native-driver';
import { aNewPassword, newestTo, tokenOf } from './pages-links';
import { address, codeOfPut, emailOf, prove, put, sessionOf, undoFrom } from './undo-driver';

describe('where an undo is possible for two days', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0, undoDays: 2 });
  });
  afterAll(() => api.close());

  it('[S-65] an address is reserved as long as a link restores it, whatever was changed since, and not longer', async () => {
    const a = await anAccount(api);
    const b = await prove(api, a, address('b'));
    await api.age('1 day');
    const c = await prove(api, b, address('c'));
    await api.age('23 hours');
    const friend = await anAccount(api);
    for (const { email } of [a, b]) expect(await codeOfPut(api, friend, email)).toBe(2002);
    await api.age('2 hours');
    expect((await undoFrom(api, a.email)).body.code).toBe('link.invalid');
    await put(api, friend, a.email);
    expect(await codeOfPut(api, await anAccount(api), b.email)).toBe(2002);
    expect(await emailOf(api, c)).toBe(c.email);
  });

  it.each([
    ['47 hours', 200],
    ['49 hours', 422],
  ])('[S-64] "this was not me" after %s is answered with %i', async (hours, status) => {
    const { notMe } = await aNewPassword(api);
    await api.age(hours);
    expect((await api.http.post(`${ROOT}/not-me`, { token: tokenOf(notMe) })).status).toBe(status);
  });

  describe('an address that was undone', () => {
    /** Of a chain, in its last hour; the owner has a new password. */
    async function anUndoneTheft() {
      const owner = await anAccount(api);
      const second = await prove(api, owner, address('thief'));
      const third = await prove(api, second, address('thief-2'));
      await api.age('47 hours');
      expect((await undoFrom(api, owner.email)).status).toBe(200);
      const reset = { token: await tokenTo(api, owner.email, '/password-reset'), newPassword: OTHER_GOOD_PASSWORD };
      await api.http.post(`${ROOT}/password-reset/confirm`, reset);
      return { owner: { ...owner, password: OTHER_GOOD_PASSWORD }, undone: [second.email, third.email] };
    }

    it('[S-64] cannot come back to the account for as many days, and is answered as a taken one is', async () => {
      const { owner, undone } = await anUndoneTheft();
      await api.age('47 hours');
      const { email: taken } = await anAccount(api);
      const headers = bearer(await sessionOf(api, owner));
      const told = [];
      for (const email of [taken, ...undone]) {
        const { status, body } = await startEmailChange(api, headers, email, owner.password);
        told.push([status, Object.keys(body), (await newestTo(api, email))?.subject]);
        expect(await codeOfPut(api, owner, email)).toBe(2002);
      }
      expect(told).toEqual([told[0], told[0], told[0]]);
      expect(await emailOf(api, owner)).toBe(owner.email);

      await api.age('2 hours');
      let moved = owner;
      for (const email of undone) moved = await put(api, moved, email);
    });

    it('[S-64] cannot come back by a right code either', async () => {
      const { owner, undone } = await anUndoneTheft();
      for (const email of undone) {
        const body = { email, verify_code: await aCode(api, email) };
        const headers = signedIn(await sessionOf(api, owner));
        expectError(await api.http.post(UPDATE_EMAIL, body, headers), 'USER.0036');
      }
    });

    it('[S-64] may be anybody else’s at once', async () => {
      const { undone } = await anUndoneTheft();
      for (const email of undone) await put(api, await anAccount(api), email);
    });
  });
});
