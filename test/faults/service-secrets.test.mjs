// What services and programs hold: ended at one replica, it is refused by every other from the answer on.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { basic, expected, newPeople, serviceToken } from '../support/people.mjs';
import { startReplicas } from '../support/replicas.mjs';
import { DEVICE } from './support/doors.mjs';

const REPLICAS = 3;
const INTERNAL = '/internal/v1';

const form = (fields) => new URLSearchParams(fields);
const device = ({ clientId }) => ({ ...DEVICE, 'X-client-id': clientId });
const withToken = ({ token }) => ({ authorization: `Bearer ${token}` });
const introspect = (replica, headers) =>
  replica.askInternal('POST', '/oauth2/introspect', { headers, body: form({ token: 'x' }) });

/** Each place where one of them opens something. */
const DOORS = {
  grant: (replica, { id, secret }) =>
    replica.askInternal('POST', '/oauth2/token', {
      headers: basic(id, secret),
      body: form({ grant_type: 'client_credentials' }),
    }),
  'introspection by secret': (replica, { id, secret }) => introspect(replica, basic(id, secret)),
  'introspection by token': (replica, held) => introspect(replica, withToken(held)),
  call: (replica, held) => replica.askInternal('GET', `${INTERNAL}/outbox`, { headers: withToken(held) }),
  'API key': (replica, { apiKey }) =>
    replica.ask('POST', '/api/user/v1/auth', { headers: { authorization: `APIKey ${apiKey}` }, body: {} }),
  'application id': (replica, held) =>
    replica.ask('POST', '/api/v2/sdk/login', { headers: device(held), body: held.login }),
  'token of an application': (replica, held) => replica.ask('GET', '/account/v1/me', { headers: withToken(held) }),
};

/** What is held, how it ends, and what each door that it opened says then. */
const ENDS = {
  'a service client that was revoked': {
    hold: aServiceClient,
    end: (replica, { id }, token) => replica.askInternal('DELETE', `${INTERNAL}/service-clients/${id}`, { token }),
    closes: {
      grant: 'invalid_client',
      'introspection by secret': 'invalid_client',
      'introspection by token': 'invalid_token',
      call: 'access-token.invalid',
    },
  },
  'the secret of a service client that was replaced': {
    hold: aServiceClient,
    end: (replica, { id }, token) =>
      replica.askInternal('POST', `${INTERNAL}/service-clients/${id}/rotate`, { token, body: {} }),
    closes: { grant: 'invalid_client', 'introspection by secret': 'invalid_client' },
  },
  'the token of a service that was revoked': {
    hold: aServiceClient,
    end: (replica, { id, secret, token }) =>
      replica.askInternal('POST', '/oauth2/revoke', { headers: basic(id, secret), body: form({ token }) }),
    closes: { 'introspection by token': 'invalid_token', call: 'access-token.invalid' },
  },
  'an API key that was revoked': {
    hold: anApiKey,
    end: (replica, { id }, token) => replica.askInternal('DELETE', `${INTERNAL}/api-keys/${id}`, { token }),
    closes: { 'API key': 1104 },
  },
  'an API key that was replaced': {
    hold: anApiKey,
    end: (replica, { id }, token) =>
      replica.askInternal('POST', `${INTERNAL}/api-keys/${id}/rotate`, { token, body: {} }),
    closes: { 'API key': 1104 },
  },
  'an application that was revoked': {
    hold: anApplication,
    end: (replica, { clientId }, token) =>
      replica.askInternal('DELETE', `${INTERNAL}/applications/${clientId}`, { token }),
    closes: { 'application id': 'IDAAS.SDK.PARAM.0003', 'token of an application': 'access-token.invalid' },
  },
};

test(`[S-100] [S-112] what services hold and was ended at one of ${REPLICAS} replicas is refused by all from the answer on`, async (t) => {
  const { replicas } = await startReplicas(t, REPLICAS);
  const admin = await serviceToken(replicas[0]);
  for (const [what, { hold, end, closes }] of Object.entries(ENDS)) {
    await t.test(what, async () => {
      for (const replica of replicas) {
        const held = await hold(replica, admin);
        const askAll = () => toldByAll(replicas, Object.keys(closes), held);
        // From here on every replica knows it, as it does from what it is asked meanwhile.
        assert.deepEqual(await askAll(), Array(REPLICAS).fill(opened(closes)));
        const ended = end(replica, held, admin);
        const meanwhile = askAll();
        const { status, text } = await ended;
        assert.ok([200, 204].includes(status), `${status} ${text}`);
        assert.deepEqual(await askAll(), Array(REPLICAS).fill(closes));
        await meanwhile;
        assert.deepEqual(await askAll(), Array(REPLICAS).fill(closes));
      }
    });
  }
});

const opened = (closes) => Object.fromEntries(Object.keys(closes).map((door) => [door, 200]));

/** What each replica says at each door: the status, or why not. */
function toldByAll(replicas, doors, held) {
  const told = async (replica, door) => {
    const { status, body } = await DOORS[door](replica, held);
    return [door, body.error ?? body.error_code ?? (body.code || status)];
  };
  const toldBy = async (replica) => Object.fromEntries(await Promise.all(doors.map((door) => told(replica, door))));
  return Promise.all(replicas.map(toldBy));
}

const made = async (replica, path, token, body) =>
  expected(await replica.askInternal('POST', `${INTERNAL}/${path}`, { token, body }), 201);

async function aServiceClient(replica, admin) {
  const body = { name: 'test', scopes: ['admin', 'tokens:introspect', 'tokens:revoke'] };
  const { clientId: id, clientSecret: secret } = await made(replica, 'service-clients', admin, body);
  return { id, secret, token: await serviceToken(replica, basic(id, secret)) };
}

async function anApiKey(replica, admin) {
  const [{ id: accountId }] = await newPeople(replica, 1);
  return made(replica, 'api-keys', admin, { accountId });
}

async function anApplication(replica, admin) {
  const [{ email, password }] = await newPeople(replica, 1);
  const { clientId } = await made(replica, 'applications', admin, { name: 'test' });
  const login = { user_name: email, password };
  const { id_token: token } = expected(await DOORS['application id'](replica, { clientId, login }), 200);
  return { clientId, login, token };
}
