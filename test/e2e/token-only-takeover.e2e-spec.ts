import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { tokenIn } from '../support/mailed';
import { signInEverywhere, TOKEN_DOORS } from '../support/surfaces';

describe('a takeover with nothing but a stolen token, by the contract that asks for no password', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const undoTokenTo = async (address: string) => {
    const mails = await api.mailsTo(address);
    return tokenIn(
      mails.find(({ text }) => text.includes('/email-change/undo/')),
      'email-change/undo',
    );
  };
  const resetTokenTo = async (address: string) => {
    const mails = await api.mailsTo(address);
    return tokenIn(
      mails.find(({ text }) => text.includes('/password-reset/')),
      'password-reset',
    );
  };
  const signInStatus = async (email: string, password: string) =>
    (await api.http.post('/account/v1/sessions', { email, password })).status;

  it('[S-64] [L-7] [L-17] is undone from the old mailbox; the thief’s tokens and password are worthless', async () => {
    const owner = await anAccount(api);
    const stolen = (await signInEverywhere(api, owner)).access;
    const thief = { ...owner, email: 'thief@example.net', password: 'Zght943!' };
    const body = { eml: thief.email, pwd: thief.password };
    expect((await api.http.put('/api/user/v1/update', body, { 'X-Access-Token': stolen })).body.code).toBe(0);
    const thiefs = await signInEverywhere(api, thief);

    const undo = await api.http.post('/account/v1/email-change/undo', { token: await undoTokenTo(owner.email) });
    expect([undo.status, undo.body]).toEqual([200, { email: owner.email, passwordResetRequired: true }]);
    for (const token of thiefs.all) {
      for (const accepts of Object.values(TOKEN_DOORS)) expect(await accepts(api, token)).toBe(false);
    }
    const refused = [
      await signInStatus(thief.email, thief.password),
      await signInStatus(owner.email, thief.password),
      await signInStatus(owner.email, owner.password),
    ];
    expect(refused).toEqual([401, 401, 401]);

    const reset = { token: await resetTokenTo(owner.email), newPassword: 'The-Owner-Is-Back-Again-1' };
    expect((await api.http.post('/account/v1/password-reset/confirm', reset)).status).toBe(204);
    const back = await api.http.post('/account/v1/sessions', { email: owner.email, password: reset.newPassword });
    expect((await api.http.get('/account/v1/me', bearer(back.body.accessToken))).body.email).toBe(owner.email);
    expect(await signInStatus(owner.email, thief.password)).toBe(401);
  });
});
