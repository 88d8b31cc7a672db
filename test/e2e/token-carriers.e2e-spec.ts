import { once } from 'node:events';
import { Agent, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { bootApi, type TestApi } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { anAccount, aSession } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import {
  aTokenFor,
  DOORS_BY_NAME,
  endTokens,
  linesWith,
  opens,
  opensRaw,
  type TokenDoor,
} from '../support/token-doors';

let api: TestApi;
beforeAll(async () => {
  api = await bootApi();
});
afterAll(() => api.close());

/** Headers in which a token was never asked for. */
const OTHER_HEADERS: Record<string, (token: string) => HeaderMap> = {
  'a cookie': (token) => ({ cookie: `access_token=${token}; token=${token}; Authorization=Bearer ${token}` }),
  'a cookie of the host': (token) => ({ cookie: `__Host-access_token=${token}` }),
  'Proxy-Authorization': (token) => ({ 'proxy-authorization': `Bearer ${token}` }),
  'X-Authorization': (token) => ({ 'x-authorization': `Bearer ${token}` }),
  'X-Auth-Token': (token) => ({ 'x-auth-token': token }),
  'a protocol of a socket': (token) => ({ 'sec-websocket-protocol': `access_token, ${token}` }),
  'session-token': (token) => ({ 'session-token': token }),
};

/** What stands in `Authorization` in place of `Bearer <token>`. */
const OTHER_SCHEMES: Record<string, (token: string) => string> = {
  'the scheme JWT': (token) => `JWT ${token}`,
  'the scheme Token': (token) => `Token ${token}`,
  'the scheme Basic': (token) => `Basic ${token}`,
  'the scheme DPoP': (token) => `DPoP ${token}`,
  'no scheme': (token) => token,
  'no space': (token) => `Bearer${token}`,
  'a colon': (token) => `Bearer: ${token}`,
  'an equals sign': (token) => `Bearer access_token=${token}`,
  'two schemes': (token) => `Bearer Bearer ${token}`,
  'another scheme first': (token) => `Basic x, Bearer ${token}`,
};

const bare = ({ path }: TokenDoor): HeaderMap => (path.startsWith('/api/v2/sdk/') ? DEVICE_HEADERS : {});

describe.each(DOORS_BY_NAME)('at the door "$name" a good token', ({ door }) => {
  let token: string;
  beforeAll(async () => {
    token = await aTokenFor(api, door);
    expect(await opens(api, door, token)).toBe(true);
  });

  const send = (path: string, headers: HeaderMap, body = door.body): Promise<HttpAnswer> =>
    api[door.listener].send(door.method, path, body, { ...bare(door), ...headers });

  it.each(['access_token', 'token', 'Authorization', 'X-Access-Token', 'id_token', 'bearer'])(
    '[S-89] opens nothing in the query as %s',
    async (name) => {
      expect(door.isOpen(await send(`${door.path}?${name}=${token}`, {}))).toBe(false);
    },
  );

  it.each(Object.entries(OTHER_HEADERS))('[S-89] [S-102] opens nothing in %s', async (_, headersWith) => {
    expect(door.isOpen(await send(door.path, headersWith(token)))).toBe(false);
  });

  it('[S-89] [S-102] in a cookie does not stand in for a bad one', async () => {
    const headers = { ...door.headersWith('a.b.c'), cookie: `access_token=${token}` };
    expect(door.isOpen(await send(door.path, headers))).toBe(false);
  });

  it('[S-89] opens nothing in the header of another surface', async () => {
    const elsewhere = 'X-Access-Token' in door.headersWith(token) ? bearer(token) : { 'X-Access-Token': token };
    expect(door.isOpen(await send(door.path, elsewhere))).toBe(false);
  });

  if (door.method === 'POST') {
    it.each(['access_token', 'token', 'id_token'])('[S-89] opens nothing in the body as %s', async (name) => {
      expect(door.isOpen(await send(door.path, {}, { [name]: token }))).toBe(false);
    });
  }

  it('[S-102] is answered without a cookie', async () => {
    expect((await send(door.path, door.headersWith(token))).headers.has('set-cookie')).toBe(false);
  });

  if ('authorization' in door.headersWith('')) {
    it.each(['bearer', 'BEARER', 'bEaReR'])('[S-89] opens it as %s: a scheme has no case', async (scheme) => {
      expect(door.isOpen(await send(door.path, { authorization: `${scheme} ${token}` }))).toBe(true);
    });

    it.each(Object.entries(OTHER_SCHEMES))('[S-89] opens nothing with %s', async (_, authorization) => {
      expect(door.isOpen(await send(door.path, { authorization: authorization(token) }))).toBe(false);
    });
  }

  it('[S-89] opens nothing behind another token', async () => {
    const [shown, ...others] = linesWith(door, token).reverse();
    const bad = linesWith(door, 'a.b.c').at(-1);
    expect(await opensRaw(api, door, [...others, String(shown)])).toBe(true);
    expect(await opensRaw(api, door, [...others, String(bad), String(shown)])).toBe(false);
  });

  it('[S-101] that ends while its connection stays open is refused by the next request on it', async () => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const ask = async (): Promise<{ isOpen: boolean; reused: boolean }> => {
      const headers = { 'content-type': 'application/json', ...door.headersWith(token) };
      const url = api[door.listener].baseUrl + door.path;
      const outgoing = request(url, { agent, method: door.method, headers });
      outgoing.end(door.body ? JSON.stringify(door.body) : undefined);
      const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
      const body = JSON.parse(await text(answer));
      return { isOpen: door.isOpen({ status: Number(answer.statusCode), body }), reused: outgoing.reusedSocket };
    };
    expect(await ask()).toEqual({ isOpen: true, reused: false });
    expect(await ask()).toEqual({ isOpen: true, reused: true });
    await endTokens(api, door);
    expect(await ask()).toEqual({ isOpen: false, reused: true });
    agent.destroy();
  });
});

it('[S-102] no sign-in sets a cookie', async () => {
  const { email, password } = await anAccount(api);
  const answers = [
    await api.http.post('/account/v1/sessions', { email, password }),
    await api.http.post('/api/v2/sdk/login', { user_name: email, password }, DEVICE_HEADERS),
    await api.http.post('/v1/auth/login', { provider: 'traditional', payload: { email, password } }),
    await api.http.post('/account/v1/sessions/refresh', {
      refreshToken: (await aSession(api, { email, password, id: '' })).renewalToken,
    }),
  ];
  expect(answers.map(({ status, headers }) => [status, headers.has('set-cookie')])).toEqual([
    [201, false],
    [200, false],
    [200, false],
    [200, false],
  ]);
});
