import { decode } from 'jsonwebtoken';
import { SCOPES } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, type TestAccount } from '../support/factories';
import { mouldOf, remade } from '../support/forged-tokens';
import { bearer, type HeaderMap } from '../support/http-client';
import { RENEWAL_DOORS, signInEverywhere, TOKEN_DOORS, type Tokens } from '../support/surfaces';
import { aService, aServiceClient, askForToken, basic, expectOAuthError, FORM } from './internal-callers';

const PATH = '/oauth2/revoke';

describe('POST /oauth2/revoke (RFC 7009)', () => {
  let api: TestApi;
  let account: TestAccount;
  let tokens: Tokens;
  let service: HeaderMap;
  const revoke = (token: string, headers: HeaderMap, more = '') =>
    api.internal.post(PATH, `token=${encodeURIComponent(token)}${more}`, { ...FORM, ...headers });
  const isGood = (token: string) => TOKEN_DOORS['native me']?.(api, token);
  const renews = (door: string) => RENEWAL_DOORS[door]?.(api, tokens);

  beforeAll(async () => {
    api = await bootApi();
  });
  beforeEach(async () => {
    account = await anAccount(api);
    tokens = await signInEverywhere(api, account);
    service = await aService(api, 'tokens:revoke');
  });
  afterAll(() => api.close());

  it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token', '&token_type_hint=nonsense'])(
    'a refresh token dies with its access tokens, the other sessions live, with the hint "%s" [S-108]',
    async (hint) => {
      const answer = await revoke(tokens.refresh, service, hint);
      expect([answer.status, answer.text]).toEqual([200, '']);
      expect(await isGood(tokens.access)).toBe(false);
      expect(await renews('native refresh')).toBe(false);
      expect(await isGood(tokens.all[1] ?? '')).toBe(true);
      expect(await renews('session handle')).toBe(true);
    },
  );

  it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token'])(
    'an access token ends its session, refresh token and all, with the hint "%s" [S-108]',
    async (hint) => {
      expect((await revoke(tokens.access, service, hint)).status).toBe(200);
      expect(await isGood(tokens.access)).toBe(false);
      expect(await renews('native refresh')).toBe(false);
    },
  );

  it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token'])(
    'a session handle ends its session, with the hint "%s" [S-108]',
    async (hint) => {
      expect((await revoke(tokens.handle, service, hint)).status).toBe(200);
      expect(await renews('session handle')).toBe(false);
      expect(await isGood(tokens.all[1] ?? '')).toBe(false);
      expect(await isGood(tokens.access)).toBe(true);
    },
  );

  it('an access token that has expired ends its session all the same', async () => {
    await api.age('11 minutes');
    const before = (decode(tokens.access, { json: true })?.exp ?? 0) - 660;
    const expired = remade(mouldOf(api, tokens.access), { claims: { iat: before - 600, exp: before } });
    expect((await revoke(expired, service)).status).toBe(200);
    expect(await renews('native refresh')).toBe(false);
  });

  it('is not on the public listener [S-113]', async () => {
    const answer = await api.http.post(PATH, `token=${tokens.access}`, { ...FORM, ...service });
    expect(answer.status).toBe(404);
    expect(await isGood(tokens.access)).toBe(true);
  });

  it('a spent refresh token ends its session too', async () => {
    const { body } = await api.http.post('/account/v1/sessions/refresh', { refreshToken: tokens.refresh });
    expect((await revoke(tokens.refresh, service)).status).toBe(200);
    expect(await isGood(body.accessToken)).toBe(false);
  });

  it.each(['x', '\0', '...', 'x'.repeat(10_000)])('an unknown token is dead already', async (token) => {
    expect([(await revoke(token, service)).status]).toEqual([200]);
    expect(await isGood(tokens.access)).toBe(true);
  });

  it('a token that was revoked may be revoked again', async () => {
    await revoke(tokens.access, service);
    expect((await revoke(tokens.access, service)).status).toBe(200);
  });

  it('what ends stands in the event feed and the audit log with the service’s name, and mails nobody', async () => {
    const { id, secret } = await aServiceClient(api, 'tokens:revoke');
    await revoke(tokens.access, basic(id, secret));
    await revoke(tokens.access, basic(id, secret));
    const [row, ...more] = await api.dataSource.query(
      `SELECT action, requester->'actor' AS actor, details FROM audit_event WHERE requester->'actor'->>'clientId' = $1`,
      [id],
    );
    expect(more).toEqual([]);
    expect(row).toEqual({
      action: 'session.ended.v1',
      actor: { kind: 'service', clientId: id, name: 'test' },
      details: { count: 1, credentialVersion: 1 },
    });
    expect(await api.mailsTo(account.email)).toEqual([]);
  });

  describe('of services:', () => {
    const read = (headers: HeaderMap) => api.internal.get('/internal/v1/accounts?email=ada@example.com', headers);

    it.each(['', '&token_type_hint=access_token', '&token_type_hint=refresh_token'])(
      'its own token dies alone, with the hint "%s" [S-108]',
      async (hint) => {
        const { id, secret } = await aServiceClient(api, 'tokens:revoke', 'accounts:read');
        const [first, second] = [await askForToken(api, basic(id, secret)), await askForToken(api, basic(id, secret))];
        expect((await revoke(first.body.access_token, basic(id, secret), hint)).status).toBe(200);
        expect((await read(bearer(first.body.access_token))).status).toBe(401);
        expect((await read(bearer(second.body.access_token))).status).toBe(200);
      },
    );

    it('[S-132] that it was revoked, and a try at another’s, each leave one row', async () => {
      const { id, secret } = await aServiceClient(api, 'tokens:revoke', 'admin');
      const { access_token: own } = (await askForToken(api, basic(id, secret))).body;
      const { access_token: shown } = (await askForToken(api, basic(id, secret))).body;
      for (let times = 0; times < 2; times++) await revoke(own, basic(id, secret));
      await revoke(String(service.authorization).slice('Bearer '.length), basic(id, secret));
      const { body } = await api.internal.get(`/internal/v1/service-clients/${id}/activity`, bearer(shown));
      expect(body.events).toMatchObject([
        { action: 'service-token.not-own', accountId: null, details: {} },
        { action: 'service-token.revoked.v1', details: { clientId: id, tokenId: decode(own, { json: true })?.jti } },
      ]);
      expect(JSON.stringify(body)).not.toContain(own);
    });

    it('it may revoke the very token that it shows', async () => {
      expect((await revoke(String(service.authorization).slice('Bearer '.length), service)).status).toBe(200);
      expectOAuthError(await revoke('x', service), 401, 'invalid_token');
    });

    it.each(['', '&token_type_hint=access_token'])(
      'another client’s token is refused and lives [S-108]',
      async (hint) => {
        const other = await aService(api, 'accounts:read');
        const answer = await revoke(String(other.authorization).slice('Bearer '.length), service, hint);
        expectOAuthError(answer, 400, 'unauthorized_client');
        expect((await read(other)).status).toBe(200);
      },
    );
  });

  const callers: [string, number, string, () => HeaderMap | Promise<HeaderMap>][] = [
    ['nobody', 401, 'invalid_client', () => ({})],
    ['a wrong secret', 401, 'invalid_client', () => basic('dev', 'x')],
    ['a person', 401, 'invalid_token', () => bearer(tokens.access)],
    [
      'a client with every other scope',
      403,
      'insufficient_scope',
      () => aService(api, ...SCOPES.filter((scope) => scope !== 'tokens:revoke')),
    ],
  ];
  it.each(callers)('%s is answered with %i, and the token lives [S-108]', async (_who, status, error, caller) => {
    expectOAuthError(await revoke(tokens.access, await caller()), status, error);
    expect(await isGood(tokens.access)).toBe(true);
  });

  it.each([
    ['no token', ''],
    ['an empty token', 'token='],
    ['a token given twice', 'token=x&token=x'],
    ['what is no form', 'token=%'],
  ])('refuses %s [S-108]', async (_what, body) => {
    expectOAuthError(await api.internal.post(PATH, body, { ...FORM, ...service }), 400, 'invalid_request');
  });
});
