import {
  changePassword,
  expected,
  mailed,
  me,
  newAddress,
  newPassword,
  refresh,
  serviceToken,
  signedIn,
} from '../../support/people.mjs';

const ROOT = '/account/v1';
const page = (path) => async (replica, token) => (await replica.ask('GET', `${path}/${token}`)).status === 200;

/** Whether a secret opens anything, by its kind; in an order in which no look ends what the next one looks at. */
const OPENS = {
  'access token': async (replica, { accessToken }) => (await me(replica, accessToken)).status === 200,
  'reset link': page('/password-reset'),
  'undo link': page('/email-change/undo'),
  '"not me" link': page('/not-me'),
  'cancel link': page('/email-change/cancel'),
  'API key': async (replica, key) => {
    const headers = { authorization: `APIKey ${key}` };
    return (await replica.ask('POST', '/api/user/v1/auth', { headers, body: {} })).body.code === 0;
  },
  'service secret': async (replica, { clientId, clientSecret }) => {
    const headers = { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString('base64')}` };
    const body = new URLSearchParams({ grant_type: 'client_credentials' });
    return (await replica.askInternal('POST', '/oauth2/token', { headers, body })).status === 200;
  },
  'refresh token': async (replica, tokens) => (await refresh(replica, tokens)).status === 200,
  code: async (replica, { code, person }) => {
    const { accessToken: token } = await signedIn(replica, person);
    return (await replica.ask('POST', `${ROOT}/me/email-change/confirm`, { token, body: { code } })).status === 200;
  },
};

/** One live secret of each kind, of three people and a service. */
export async function everythingHeld(replica, { person, moved, changed }) {
  const token = await serviceToken(replica);
  const make = async (path, body) => expected(await replica.askInternal('POST', path, { token, body }), 201);
  const tokens = await signedIn(replica, person);
  await startChanges(replica, person, tokens);
  await moveUnproved(replica, moved);
  changed.next = newPassword();
  const { accessToken } = await signedIn(replica, changed);
  expected(await changePassword(replica, accessToken, changed.password, changed.next), 200);
  const apiKey = await make('/internal/v1/api-keys', { accountId: person.id });
  return {
    apiKeyId: apiKey.id,
    'access token': tokens,
    'reset link': await mailed(replica, person.email, /\/password-reset\/([\w-]+)/),
    'undo link': await mailed(replica, moved.email, /\/email-change\/undo\/([\w-]+)/),
    '"not me" link': await mailed(replica, changed.email, /\/not-me\/([\w-]+)/),
    'cancel link': await mailed(replica, person.email, /\/email-change\/cancel\/([\w-]+)/),
    'API key': apiKey.apiKey,
    'service secret': await make('/internal/v1/service-clients', { name: 'billing', scopes: ['accounts:read'] }),
    'refresh token': tokens,
    code: { person, code: await mailed(replica, person.newEmail, /\b(\d{6})\b/) },
  };
}

async function startChanges(replica, person, { accessToken: token }) {
  person.newEmail = newAddress();
  const body = { newEmail: person.newEmail, currentPassword: person.password };
  expected(await replica.ask('POST', `${ROOT}/me/email-change`, { token, body }), 202);
  expected(await replica.ask('POST', `${ROOT}/password-reset`, { body: { email: person.email } }), 202);
}

/** By the contract that asks for no code. */
async function moveUnproved(replica, moved) {
  const { accessToken } = await signedIn(replica, moved);
  moved.newEmail = newAddress();
  const headers = { 'X-Access-Token': accessToken };
  expected(await replica.ask('PUT', '/api/user/v1/update', { headers, body: { eml: moved.newEmail } }), 200);
}

/** All of it is used or ended. */
export async function endEverythingHeld(replica, { person, held }) {
  const token = await serviceToken(replica);
  const { accessToken } = await signedIn(replica, person);
  expected(await changePassword(replica, accessToken, person.password, newPassword()), 200);
  expected(await replica.ask('POST', `${ROOT}/email-change/undo`, { body: { token: held['undo link'] } }), 200);
  expected(await replica.ask('POST', `${ROOT}/not-me`, { body: { token: held['"not me" link'] } }), 200);
  const { clientId } = held['service secret'];
  expected(await replica.askInternal('DELETE', `/internal/v1/api-keys/${held.apiKeyId}`, { token }), 204);
  expected(await replica.askInternal('DELETE', `/internal/v1/service-clients/${clientId}`, { token }), 204);
}

/** The kinds that still open something. */
export async function whatOpens(replica, held, kinds = Object.keys(OPENS)) {
  const open = [];
  for (const kind of kinds) if (await OPENS[kind](replica, held[kind])) open.push(kind);
  return open;
}

export const EVERY_KIND = Object.keys(OPENS);
