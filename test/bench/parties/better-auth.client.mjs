import { ask } from './ask.mjs';

/** As `rekey.client.mjs`; the token is the session's cookie. */
export const actions = {
  async signIn(url, account) {
    const { email, password } = account;
    const { headers } = await ask(`${url}/api/auth/sign-in/email`, {
      headers: { origin: url },
      body: { email, password },
    });
    account.token = sessionCookie(headers);
  },

  async changePassword(url, account) {
    const newPassword = `${account.basePassword}-${++account.changes}`;
    const { headers } = await ask(`${url}/api/auth/change-password`, {
      headers: { cookie: account.token, origin: url },
      body: { currentPassword: account.password, newPassword, revokeOtherSessions: true },
    });
    Object.assign(account, { password: newPassword, token: sessionCookie(headers) });
  },
};

function sessionCookie(headers) {
  const cookie = headers['set-cookie'].find((each) => each.includes('session_token='));
  return cookie.slice(0, cookie.indexOf(';'));
}
