import { randomUUID } from 'node:crypto';
import { UnitOfWork } from '@app/platform';
import {
  Applications,
  endEverySecret,
  SERVICE_TOKEN_SECONDS,
  ServiceClients,
  ServiceTokens,
  SignedTokens,
} from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, aSession, TEST_REQUESTER } from '../support/factories';

describe('services and applications that call', () => {
  let api: TestApi;
  let clients: ServiceClients;
  let tokens: ServiceTokens;
  let applications: Applications;
  let lastId: string;
  beforeAll(async () => {
    api = await bootApi();
    clients = api.app.get(ServiceClients);
    tokens = api.app.get(ServiceTokens);
    applications = api.app.get(Applications);
  });
  beforeEach(async () => {
    [{ id: lastId }] = await api.dataSource.query<[{ id: string }]>(
      'SELECT coalesce(max(id), 0) AS id FROM audit_event',
    );
  });
  afterAll(() => api.close());

  const aClient = () => clients.create('billing', ['accounts:read', 'admin'], TEST_REQUESTER);
  const inTransaction = (work: Parameters<UnitOfWork['run']>[1]) => api.app.get(UnitOfWork).run(TEST_REQUESTER, work);
  const aToken = async () => tokens.mint(await aClient(), ['accounts:read', 'admin']);
  const claimsOf = (token: string) => tokens.claimsOf(token) as NonNullable<ReturnType<ServiceTokens['claimsOf']>>;
  const refused = { code: 'service-client.invalid' };
  const unknown = { code: 'service-client.not-found' };
  const dead = { code: 'access-token.invalid' };
  /** What the log says since the test began. */
  const actions = async () => {
    const rows = await api.dataSource.query<{ action: string }[]>(
      'SELECT action FROM audit_event WHERE id > $1 ORDER BY id',
      [lastId],
    );
    return rows.map(({ action }) => action);
  };

  describe('by a secret', () => {
    it('[S-112] are known by their own alone, also when many ask together', async () => {
      const [first, second] = [await aClient(), await aClient()];
      const outcomes = await Promise.allSettled(
        [
          [first.id, first.secret],
          [second.id, second.secret],
          [first.id, second.secret],
          [first.id, first.secret],
          [randomUUID(), 'no secret'],
        ].map(([id = '', secret = '']) => clients.authenticate(id, secret)),
      );
      const known = ({ id }: typeof first) => ({
        status: 'fulfilled',
        value: { id, scopes: ['accounts:read', 'admin'] },
      });
      const nobody = { status: 'rejected', reason: refused };
      expect(outcomes).toMatchObject([known(first), known(second), nobody, known(first), nobody]);
    });

    it('[S-112] have a new one beside the older for so long as was asked', async () => {
      const { id, secret } = await aClient();
      const next = await clients.rotate(id, 60, TEST_REQUESTER);
      for (const each of [secret, next.secret]) expect(await clients.authenticate(id, each)).toMatchObject({ id });
      await api.age('61 seconds');
      await expect(clients.authenticate(id, secret)).rejects.toMatchObject(refused);
      expect(await clients.authenticate(id, next.secret)).toMatchObject({ id });
    });

    it('[S-112] are known no more once revoked, which is done and told once', async () => {
      const { id, secret } = await aClient();
      for (let times = 0; times < 2; times++) await clients.revoke(id, TEST_REQUESTER);
      await expect(clients.authenticate(id, secret)).rejects.toMatchObject(refused);
      await expect(clients.rotate(id, 0, TEST_REQUESTER)).rejects.toMatchObject(unknown);
      expect(await actions()).toEqual(['service-client.created.v1', 'service-client.revoked.v1']);
      await expect(clients.requireKnown(id)).resolves.toBeUndefined();
    });

    it('stand when every secret ends, and get a new one', async () => {
      const { id, secret } = await aClient();
      await inTransaction(endEverySecret);
      await expect(clients.authenticate(id, secret)).rejects.toMatchObject(refused);
      const next = await clients.rotate(id, 0, TEST_REQUESTER);
      expect(await clients.authenticate(id, next.secret)).toMatchObject({ id });
    });

    it('are not found where there is none', async () => {
      await expect(clients.revoke(randomUUID(), TEST_REQUESTER)).rejects.toMatchObject(unknown);
      await expect(clients.requireKnown(randomUUID())).rejects.toMatchObject(unknown);
    });

    it('stand as they are when they are put again', async () => {
      const client = { id: randomUUID(), name: 'first', scopes: ['admin'] as const, secret: randomUUID() };
      await clients.put(client, TEST_REQUESTER);
      await clients.put({ ...client, name: 'second', secret: 'another' }, TEST_REQUESTER);
      expect(await clients.authenticate(client.id, client.secret)).toMatchObject({ name: 'first' });
      await expect(clients.authenticate(client.id, 'another')).rejects.toMatchObject(refused);
      const { serviceClients } = await clients.list({ limit: 1000 });
      expect(serviceClients.at(-1)).toMatchObject({ id: client.id, name: 'first' });
      expect(await actions()).toEqual(['service-client.created.v1']);
    });
  });

  describe('by a token', () => {
    it('are told apart, with their scopes, also when they ask together', async () => {
      const [first, second] = [await aClient(), await aClient()];
      const [one, other] = [await tokens.mint(first, ['admin']), await tokens.mint(second, ['accounts:read', 'admin'])];
      expect(await Promise.all([tokens.verify(one), tokens.verify(other)])).toEqual([
        { serviceClientId: first.id, name: 'billing', scopes: ['admin'] },
        { serviceClientId: second.id, name: 'billing', scopes: ['accounts:read', 'admin'] },
      ]);
    });

    it('[S-83] have ten minutes', async () => {
      const minted = claimsOf(await aToken());
      expect(minted.exp - minted.iat).toBe(SERVICE_TOKEN_SECONDS);
      const sign = (wishes: object) => api.app.get(SignedTokens).sign({ ...minted, jti: randomUUID(), ...wishes });
      expect(await tokens.verify(sign({}))).toMatchObject({ serviceClientId: minted.sub });
      await expect(tokens.verify(sign({ exp: minted.iat }))).rejects.toMatchObject(dead);
    });

    it('[S-83] are not people: none has the token of the other', async () => {
      const { accessToken } = await aSession(api, await anAccount(api));
      for (const text of [accessToken, 'x']) {
        expect(tokens.claimsOf(text)).toBeNull();
        await expect(tokens.verify(text)).rejects.toMatchObject(dead);
      }
      const token = await aToken();
      const { scope: _scope, ...claims } = claimsOf(token);
      expect(tokens.claimsOf(api.app.get(SignedTokens).sign(claims))).toBeNull();
    });

    it('[S-108] lose it alone when it is revoked, which is told once', async () => {
      const client = await aClient();
      const [token, other] = [await tokens.mint(client, ['admin']), await tokens.mint(client, ['admin'])];
      const claims = claimsOf(token);
      for (let times = 0; times < 2; times++) {
        await inTransaction((tx) => tokens.revoke(tx, claims));
        expect(await actions()).toEqual(['service-client.created.v1', 'service-token.revoked.v1']);
      }
      await expect(tokens.verify(token)).rejects.toMatchObject(dead);
      expect(await tokens.verify(other)).toMatchObject({ serviceClientId: client.id });
    });
  });

  describe('by their id', () => {
    it('are registered under one of their own, until they are revoked, which is told once', async () => {
      const [{ clientId }, other] = [
        await applications.register('Phone app', TEST_REQUESTER),
        await applications.register('Phone app', TEST_REQUESTER),
      ];
      expect(clientId).toMatch(/^[A-Za-z0-9]{32}$/);
      expect(other.clientId).not.toBe(clientId);
      const registered = () =>
        Promise.all([clientId, other.clientId, 'nobody'].map((id) => applications.isRegistered(id)));
      expect(await registered()).toEqual([true, true, false]);
      for (let times = 0; times < 2; times++) await applications.revoke(clientId, TEST_REQUESTER);
      expect(await registered()).toEqual([false, true, false]);
      const made = 'application.registered.v1';
      expect(await actions()).toEqual([made, made, 'application.revoked.v1']);
      await expect(applications.revoke('nobody', TEST_REQUESTER)).rejects.toMatchObject({
        code: 'application.not-found',
      });
    });

    it('stand as they are when they are put again', async () => {
      const id = randomUUID();
      for (const name of ['first', 'second']) await applications.put(id, name, TEST_REQUESTER);
      const { applications: all } = await applications.list({ limit: 1000 });
      expect(all.at(-1)).toMatchObject({ clientId: id, name: 'first', revokedAt: null });
      expect(await actions()).toEqual(['application.registered.v1']);
    });
  });
});
