import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Test } from '@nestjs/testing';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { internalClient, Introspection, type RekeyOptions, RekeyUnavailableError } from '@rekey/client';
import { aServiceClient, FORM } from '../contract/internal-callers';
import { shop } from '../example-service/shop.module';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, OTHER_GOOD_PASSWORD, type TestAccount } from '../support/factories';
import { bearer, HttpClient } from '../support/http-client';
import { aRelayTo, type Relay } from '../support/relay';

const PASSWORD = '/account/v1/me/password';

describe('a service that uses @rekey/client', () => {
  let api: TestApi;
  let relay: Relay;
  let options: RekeyOptions;
  let orders: (token?: string) => ReturnType<HttpClient['get']>;
  const services: NestFastifyApplication[] = [];
  let account: TestAccount;
  let token: string;

  const open = async (rekey: RekeyOptions): Promise<HttpClient> => {
    const module = await Test.createTestingModule({ imports: [shop(rekey)] }).compile();
    const app = module.createNestApplication<NestFastifyApplication>(new FastifyAdapter(), { logger: false });
    services.push(app);
    await app.listen(0, '127.0.0.1');
    return new HttpClient(await app.getUrl());
  };

  beforeAll(async () => {
    api = await bootApi();
    relay = await aRelayTo(api.internal.baseUrl);
    const { id, secret } = await aServiceClient(api, 'tokens:introspect', 'tokens:revoke', 'accounts:read');
    options = { url: relay.url, clientId: id, clientSecret: secret, timeoutMs: 30_000 };
    const client = await open(options);
    orders = (shown) => client.get('/orders', shown === undefined ? {} : bearer(shown));
  });
  beforeEach(async () => {
    account = await anAccount(api);
    token = (await aSession(api, account)).accessToken;
    relay.asked.length = 0;
  });
  afterAll(async () => {
    await Promise.all(services.map((service) => service.close()));
    await relay.close();
    await api.close();
  });

  const changePassword = () => {
    const body = { currentPassword: account.password, newPassword: OTHER_GOOD_PASSWORD };
    return api.http.put(PASSWORD, body, bearer(token));
  };

  it('lets a person in, and no longer from the moment the password has changed [S-107] [L-4]', async () => {
    const before = await orders(token);
    expect([before.status, before.body]).toEqual([200, { ordersOf: account.id, greeting: account.email }]);
    const { body } = await changePassword();
    const after = await orders(token);
    expect(after.status).toBe(401);
    expect(after.headers.get('www-authenticate')).toBe('Bearer error="invalid_token"');
    expect((await orders(body.tokens.accessToken)).status).toBe(200);
  });

  it('asks for a token, without a question to anybody', async () => {
    for (const shown of [undefined, '', 'a b']) expect((await orders(shown)).status).toBe(401);
    expect((await orders()).headers.get('www-authenticate')).toBe('Bearer');
    expect(relay.asked).toEqual([]);
  });

  it('shares a question that was not sent yet, and never one that was', async () => {
    const introspection = services[0]!.get(Introspection);
    const held = relay.hold();
    const early = Promise.all(Array.from({ length: 20 }, () => introspection.of(token)));
    const release = await held;
    await changePassword();
    const late = introspection.of(token);
    release();
    expect((await early).map((known) => known?.sub)).toEqual(Array(20).fill(account.id));
    expect(await late).toBeNull();
    expect(relay.asked).toHaveLength(2);
  });

  it('asks again each time, and keeps no answer', async () => {
    for (const _ of [1, 2, 3]) await orders(token);
    expect(relay.asked.map(({ path }) => path)).toEqual(Array(3).fill('/oauth2/introspect'));
  });

  it.each<[string, (rekey: RekeyOptions) => RekeyOptions]>([
    ['is not there', (rekey) => ({ ...rekey, url: 'http://127.0.0.1:9' })],
    ['does not answer in time', (rekey) => ({ ...rekey, timeoutMs: 50 })],
    ['does not know the service', (rekey) => ({ ...rekey, clientSecret: 'wrong' })],
    ['is somebody else', (rekey) => ({ ...rekey, url: api.http.baseUrl })],
  ])('answers 503, never a pass, when Rekey %s [S-99]', async (what, changed) => {
    const client = await open(changed(options));
    const held = what === 'does not answer in time' ? relay.hold() : undefined;
    const answer = await client.get('/orders', bearer(token));
    expect(answer.status).toBe(503);
    (await held)?.();
  });

  it.each<[string, number, unknown]>([
    ['"false" is no word for good', 200, { active: 'false', sub: 'x', sid: 'y', token_type: 'Bearer' }],
    ['nobody’s token is nobody', 200, { active: true, token_type: 'Bearer' }],
    ['another kind of token is another kind', 200, { active: true, token_type: 'refresh_token', sub: 'x', sid: 'y' }],
    ['another status is another answer', 201, { active: true, token_type: 'Bearer', sub: 'x', sid: 'y' }],
    ['an empty answer is none', 200, {}],
    ['a text is none', 200, 'active'],
    ['a redirect leads to somebody else', 307, null],
  ])('answers 503 to whatever is not Rekey’s answer: %s [S-99]', async (_what, status, body) => {
    const impostor = createServer((_request, answer) => {
      answer.writeHead(status, { 'content-type': 'application/json', location: `${relay.url}/oauth2/introspect` });
      answer.end(JSON.stringify(body));
    }).listen(0, '127.0.0.1');
    await once(impostor, 'listening');
    const url = `http://127.0.0.1:${(impostor.address() as AddressInfo).port}`;
    expect((await (await open({ ...options, url })).get('/orders', bearer(token))).status).toBe(503);
    await expect(internalClient({ ...options, url }).GET('/internal/v1/events')).rejects.toBeInstanceOf(
      RekeyUnavailableError,
    );
    impostor.closeAllConnections();
    impostor.close();
  });

  describe('calls the internal API', () => {
    const tokenRequests = () => relay.asked.filter(({ path }) => path === '/oauth2/token').length;
    const readings = () => {
      const rekey = internalClient(options);
      return () => rekey.GET('/internal/v1/accounts/{id}', { params: { path: { id: account.id } } });
    };

    it('with a token that it gets by itself, one for many calls', async () => {
      const read = readings();
      const answers = await Promise.all([read(), read(), read()]);
      expect(answers.map(({ data }) => data?.email)).toEqual(Array(3).fill(account.email));
      expect(tokenRequests()).toBe(1);
    });

    /** Ends the token that was shown last. */
    const revokeShown = async () => {
      const shown = relay.asked.at(-1)?.authorization.slice('Bearer '.length) ?? '';
      const revoked = await api.internal.post('/oauth2/revoke', `token=${shown}`, { ...FORM, ...bearer(shown) });
      expect(revoked.status).toBe(200);
    };

    it('and with a new one after a refusal', async () => {
      const read = readings();
      await read();
      await revokeShown();
      expect((await read()).response.status).toBe(401);
      expect((await read()).response.status).toBe(200);
      expect(tokenRequests()).toBe(2);
    });

    it('which a late refusal of the one before it leaves alone', async () => {
      const read = readings();
      await read();
      await revokeShown();
      const lateHeld = relay.hold();
      const late = read();
      const release = await lateHeld;
      expect((await read()).response.status).toBe(401);
      const newerHeld = relay.hold();
      const newer = read();
      const issue = await newerHeld;
      release();
      expect((await late).response.status).toBe(401);
      issue();
      expect([(await newer).response.status, (await read()).response.status]).toEqual([200, 200]);
      expect(tokenRequests()).toBe(2);
    });

    it('and says that Rekey is unavailable when it gets none', async () => {
      const rekey = internalClient({ ...options, clientSecret: 'wrong' });
      await expect(rekey.GET('/internal/v1/events')).rejects.toBeInstanceOf(RekeyUnavailableError);
    });
  });
});
