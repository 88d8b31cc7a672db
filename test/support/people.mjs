import { randomBytes } from 'node:crypto';
import { eventually } from './processes.mjs';

/** How a service client says who it is. */
export const basic = (id, secret) => ({ authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}` });
/** The first one. */
export const SERVICE = basic('dev', 'dev-secret-change-me-0000000000000000');

/** The token of a service, which may do everything unless it is another one. */
export async function serviceToken(replica, headers = SERVICE) {
  const body = new URLSearchParams({ grant_type: 'client_credentials' });
  const answer = await replica.askInternal('POST', '/oauth2/token', { headers, body });
  return expected(answer, 200).access_token;
}

export const newPassword = () => `passphrase-${randomBytes(9).toString('base64url')}`;

/** So many accounts, each with an address and a password of its own. */
export async function newPeople(replica, count) {
  const token = await serviceToken(replica);
  const create = async () => {
    const [email, password] = [newAddress(), newPassword()];
    const account = { email, password, emailVerified: true };
    const { id } = expected(await replica.askInternal('POST', '/internal/v1/accounts', { token, body: account }), 201);
    return { id, email, password };
  };
  return Promise.all(Array.from({ length: count }, create));
}

export const newAddress = () => `${randomBytes(9).toString('hex')}@example.org`;

/** `{accessToken, refreshToken}` of a new session. */
export const signedIn = async (replica, { email, password }) =>
  expected(await replica.ask('POST', '/account/v1/sessions', { body: { email, password } }), 201);

export const refresh = (replica, { refreshToken }) =>
  replica.ask('POST', '/account/v1/sessions/refresh', { body: { refreshToken } });

/** `{accessToken, refreshToken}` that follow. */
export const refreshed = async (replica, tokens) => expected(await refresh(replica, tokens), 200);

export const me = (replica, token) => replica.ask('GET', '/account/v1/me', { token });

/** What a service is told of a token. */
export const introspected = (replica, token) =>
  replica.askInternal('POST', '/oauth2/introspect', { headers: SERVICE, body: new URLSearchParams({ token }) });

/** By the session of `token`, which goes on under a new one. */
export const changePassword = (replica, token, currentPassword, newPassword) =>
  replica.ask('PUT', '/account/v1/me/password', { token, body: { currentPassword, newPassword } });

/** What a pattern's group finds in the newest mail to an address that has it, once it has come. */
export async function mailed(replica, address, pattern) {
  const path = `/dev/mailbox/messages?to=${encodeURIComponent(address)}`;
  return eventually(async () => {
    const { messages } = expected(await replica.askInternal('GET', path), 200);
    return messages.map(({ text }) => pattern.exec(text)?.[1]).find(Boolean);
  }, `mail to ${address} with ${pattern}`);
}

/** The body of an answer with that status; any other is thrown. */
export function expected(answer, status) {
  if (answer.status === status) return answer.body;
  throw new Error(`Not ${status} but ${answer.status}: ${answer.text}`);
}
