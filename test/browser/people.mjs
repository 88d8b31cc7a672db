import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';

/** Whom a development server starts with. */
export const OWNER = { email: 'ada@example.com', password: 'Correct-Horse-Battery-9' };

/** What people do beside the pages: programs of theirs that call a service, and mails that they read. */
export function peopleOf(service) {
  const opened = new Set();

  function call(method, path, body, token, base = service.publicUrl) {
    const headers = {
      ...(body && { 'content-type': 'application/json' }),
      ...(token && { authorization: `Bearer ${token}` }),
    };
    return fetch(base + path, { method, headers, body: body && JSON.stringify(body) });
  }

  async function signIn(login = OWNER) {
    return (await (await call('POST', '/account/v1/sessions', login)).json()).accessToken;
  }

  async function startEmailChange(newEmail, token) {
    await call('POST', '/account/v1/me/email-change', { newEmail, currentPassword: OWNER.password }, token);
  }

  /** By the code that was mailed there. Ends every session. */
  async function confirmEmailChange(newEmail, token) {
    const body = { code: await codeTo(newEmail), signOut: 'everywhere' };
    assert.equal((await call('POST', '/account/v1/me/email-change/confirm', body, token)).status, 200);
  }

  /** The link of the newest mail that has one which was not opened yet. */
  async function linkIn(address, path) {
    const pattern = new RegExp(`^${service.publicUrl}/${path}/[\\w-]+$`, 'm');
    const isNew = ({ text }) => pattern.test(text) && !opened.has(text.match(pattern)[0]);
    const [link] = (await newestMail(address, isNew)).text.match(pattern);
    opened.add(link);
    return link;
  }

  async function codeTo(address) {
    return codeIn(await newestMail(address, codeIn));
  }

  async function newestMail(address, isWanted) {
    const url = `${service.internalUrl}/dev/mailbox/messages?to=${encodeURIComponent(address)}`;
    for (const end = Date.now() + 30_000; Date.now() < end; await pause(50)) {
      const mail = (await (await fetch(url)).json()).messages.find(isWanted);
      if (mail) return mail;
    }
    throw new Error(`No mail came to ${address} in 30 s.`);
  }

  /** An account whose address nobody has proved, and the code that was mailed there. */
  async function unprovedAccount(email) {
    const { password } = OWNER;
    const account = { email, password, emailVerified: false };
    await call('POST', '/internal/v1/accounts', account, await serviceToken(), service.internalUrl);
    const token = await signIn({ email, password });
    await call('POST', '/account/v1/email-verification', undefined, token);
    const code = await codeTo(email);
    const isVerified = async () => (await (await call('GET', '/account/v1/me', undefined, token)).json()).emailVerified;
    return { email, code, isVerified };
  }

  /** Of the service client that a development server starts with. */
  async function serviceToken() {
    const authorization = `Basic ${btoa('dev:dev-secret-change-me-0000000000000000')}`;
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    const answer = await fetch(`${service.internalUrl}/oauth2/token`, {
      method: 'POST',
      headers: { authorization },
      body,
    });
    return (await answer.json()).access_token;
  }

  return { call, signIn, startEmailChange, confirmEmailChange, linkIn, unprovedAccount };
}

const codeIn = ({ text }) => text.match(/\b\d{6}\b/)?.[0];
