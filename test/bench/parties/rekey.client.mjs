import { ask } from './ask.mjs';

/** What the loops do with an account `{email, password, token, changes}`. */
export const actions = {
  async signIn(url, account) {
    const { email, password } = account;
    const { body } = await ask(`${url}/account/v1/sessions`, { body: { email, password } });
    account.token = body.accessToken;
  },

  async changePassword(url, account) {
    const newPassword = `${account.basePassword}-${++account.changes}`;
    const { body } = await ask(`${url}/account/v1/me/password`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${account.token}` },
      body: { currentPassword: account.password, newPassword },
    });
    Object.assign(account, { password: newPassword, token: body.tokens.accessToken });
  },
};
