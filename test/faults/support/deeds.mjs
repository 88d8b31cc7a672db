import { changePassword, expected, mailed, newAddress, newPassword } from '../../support/people.mjs';

/**
 * What ends all that a person holds, asked of one replica with the newest access token; each resolves once its 2xx is
 * there, with the tokens that go on, or nothing when the person has to sign in again.
 */
export const DEEDS = {
  async password(replica, person) {
    const next = newPassword();
    const answer = await changePassword(replica, person.tokens.accessToken, person.password, next);
    person.password = next;
    return expected(answer, 200).tokens;
  },

  async email(replica, person) {
    const { accessToken: token } = person.tokens;
    const newEmail = newAddress();
    const body = { newEmail, currentPassword: person.password };
    expected(await replica.ask('POST', '/account/v1/me/email-change', { token, body }), 202);
    const code = await mailed(replica, newEmail, /\b(\d{6})\b/);
    const answer = await replica.ask('POST', '/account/v1/me/email-change/confirm', { token, body: { code } });
    person.email = newEmail;
    return expected(answer, 200).tokens;
  },

  async logout(replica, { tokens }) {
    expected(await replica.ask('DELETE', '/account/v1/sessions?scope=all', { token: tokens.accessToken }), 204);
  },

  async revoke(replica, { id }, service) {
    expected(await replica.askInternal('POST', `/internal/v1/accounts/${id}/sessions/revoke`, { token: service }), 200);
  },
};
