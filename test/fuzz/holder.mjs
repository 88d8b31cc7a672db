import { expected, newAddress, newPeople, serviceToken, signedIn } from '../support/people.mjs';
import { eventually } from '../support/processes.mjs';

const SCOPES = ['accounts:read', 'accounts:write', 'admin', 'events:read', 'tokens:introspect', 'tokens:revoke'];

/** A person with one of everything that is good at this moment: what `{{…}}` stands for in a request. */
export async function newPerson(replica) {
  const [person] = await newPeople(replica, 1);
  const { accessToken, refreshToken, session } = await signedIn(replica, person);
  const mailed = await mails(replica, person, accessToken);
  const { id: apiKeyId, apiKey } = await made(replica, 'api-keys', { accountId: person.id });
  const sessionToken = await bamboocloudSession(replica, person);
  return { ...person, accessToken, refreshToken, sessionId: session.id, sessionToken, apiKeyId, apiKey, ...mailed };
}

/** The same of a service. */
export async function newService(replica) {
  const { clientId, clientSecret } = await made(replica, 'service-clients', { name: 'fuzz', scopes: SCOPES });
  const { clientId: applicationId } = await made(replica, 'applications', { name: 'fuzz' });
  const basic = Buffer.from(`${clientId}:${clientSecret}`).toString('base64');
  return {
    clientId,
    applicationId,
    basic,
    serviceToken: await serviceToken(replica, { authorization: `Basic ${basic}` }),
  };
}

async function made(replica, what, body) {
  const token = await serviceToken(replica);
  return expected(await replica.askInternal('POST', `/internal/v1/${what}`, { token, body }), 201);
}

async function mails(replica, { email, password }, token) {
  const newEmail = newAddress();
  const body = { newEmail, currentPassword: password };
  expected(await replica.ask('POST', '/account/v1/me/email-change', { token, body }), 202);
  expected(await replica.ask('POST', '/account/v1/password-reset', { body: { email } }), 202);
  const found = (address, pattern) => eventually(() => inMails(replica, address, pattern), `${pattern} in a mail`);
  return {
    code: await found(newEmail, /\b(\d{6})\b/),
    cancelToken: await found(email, /\/email-change\/cancel\/([\w-]+)/),
    resetToken: await found(email, /\/password-reset\/([\w-]+)/),
  };
}

async function inMails(replica, address, pattern) {
  const path = `/dev/mailbox/messages?to=${encodeURIComponent(address)}`;
  const { messages } = expected(await replica.askInternal('GET', path), 200);
  return messages.map(({ text }) => pattern.exec(text)?.[1]).find(Boolean);
}

async function bamboocloudSession(replica, { email, password }) {
  const headers = { 'X-operating-sys-version': 'x', 'X-device-fingerprint': 'x', 'X-agent': 'x' };
  const answer = await replica.ask('POST', '/api/v2/sdk/login', {
    headers: { ...headers, 'X-client-id': 'nTo1eRIub60vPb54WeE6aojPwYwImtl4' },
    body: { user_name: email, password },
  });
  return expected(answer, 200).session_token;
}
