import * as jose from 'jose';
import * as oauth from 'oauth4webapi';
import * as openid from 'openid-client';
import { SERVICE_TOKEN_SECONDS } from '@app/session';
import { aServiceClient, type TestServiceClient } from '../contract/internal-callers';
import { bootApi, TEST_PUBLIC_URL, type TestApi } from '../support/boot-api';
import { anAccount, aSession, type TestAccount } from '../support/factories';
import { bearer } from '../support/http-client';
import { signInEverywhere } from '../support/surfaces';

const INTERNAL_URL = 'http://internal.rekey.test';

/** Programs that nobody here wrote, each by its published way of use. */
describe('clients of others', () => {
  let api: TestApi;
  let service: TestServiceClient;
  let account: TestAccount;
  let accessToken: string;

  /** Stands for the name service: the addresses of the settings lead to the ports of this test. */
  const reach = (url: string, options: RequestInit): Promise<Response> => {
    const address = url.replace(INTERNAL_URL, api.internal.baseUrl).replace(TEST_PUBLIC_URL, api.http.baseUrl);
    return fetch(address, options);
  };

  beforeAll(async () => {
    api = await bootApi({ internalUrl: INTERNAL_URL });
    service = await aServiceClient(api, 'accounts:read', 'tokens:introspect', 'tokens:revoke');
  });
  beforeEach(async () => {
    account = await anAccount(api);
    ({ accessToken } = await aSession(api, account));
  });
  afterAll(() => api.close());

  describe('openid-client', () => {
    let config: openid.Configuration;
    beforeAll(async () => {
      config = await openid.discovery(
        new URL(TEST_PUBLIC_URL),
        service.id,
        undefined,
        openid.ClientSecretBasic(service.secret),
        {
          algorithm: 'oauth2',
          execute: [openid.allowInsecureRequests],
          [openid.customFetch]: reach as openid.CustomFetch,
        },
      );
    });

    it('discovers the service, and gets a token that opens the internal API [S-109]', async () => {
      const tokens = await openid.clientCredentialsGrant(config, { scope: 'accounts:read' });
      expect(tokens).toMatchObject({ token_type: 'bearer', expires_in: SERVICE_TOKEN_SECONDS, scope: 'accounts:read' });
      const read = await api.internal.get(`/internal/v1/accounts/${account.id}`, bearer(tokens.access_token));
      expect(read.status).toBe(200);
    });

    it('introspects a token until it is revoked [S-106] [S-108]', async () => {
      const before = await openid.tokenIntrospection(config, accessToken);
      expect(before).toMatchObject({ active: true, sub: account.id, iss: TEST_PUBLIC_URL });
      await openid.tokenRevocation(config, accessToken, { token_type_hint: 'access_token' });
      expect(await openid.tokenIntrospection(config, accessToken)).toEqual({ active: false });
    });
  });

  describe('oauth4webapi', () => {
    const insecure = { [oauth.allowInsecureRequests]: true, [oauth.customFetch]: reach } as const;
    let server: oauth.AuthorizationServer;
    let client: oauth.Client;
    let authentication: oauth.ClientAuth;
    beforeAll(async () => {
      const issuer = new URL(TEST_PUBLIC_URL);
      const answer = await oauth.discoveryRequest(issuer, { algorithm: 'oauth2', ...insecure });
      server = await oauth.processDiscoveryResponse(issuer, answer);
      client = { client_id: service.id };
      authentication = oauth.ClientSecretBasic(service.secret);
    });

    it('takes the metadata, and a token by client credentials [S-109]', async () => {
      const answer = await oauth.clientCredentialsGrantRequest(server, client, authentication, {}, insecure);
      const tokens = await oauth.processClientCredentialsResponse(server, client, answer);
      expect(tokens.scope).toBe(service.scopes.join(' '));
    });

    it('introspects a token until it is revoked [S-106] [S-108]', async () => {
      const ask = async () => {
        const answer = await oauth.introspectionRequest(server, client, authentication, accessToken, insecure);
        return oauth.processIntrospectionResponse(server, client, answer);
      };
      expect(await ask()).toMatchObject({ active: true, sub: account.id });
      const revoked = await oauth.revocationRequest(server, client, authentication, accessToken, insecure);
      await oauth.processRevocationResponse(revoked);
      expect(await ask()).toEqual({ active: false });
    });

    it('understands why a wrong secret is refused', async () => {
      const wrong = oauth.ClientSecretBasic('wrong');
      const answer = await oauth.introspectionRequest(server, client, wrong, accessToken, insecure);
      const error = await oauth.processIntrospectionResponse(server, client, answer).catch((reason: unknown) => reason);
      expect(error).toBeInstanceOf(oauth.WWWAuthenticateChallengeError);
      expect(error).toMatchObject({ status: 401, cause: [{ scheme: 'basic', parameters: { realm: 'rekey' } }] });
    });

    it('validates the access token of a registered application as RFC 9068 says', async () => {
      const { all } = await signInEverywhere(api, account);
      const request = new Request('http://shop.test/', { headers: bearer(all[1] ?? '') });
      const claims = await oauth.validateJwtAccessToken(server, request, TEST_PUBLIC_URL, insecure);
      expect(claims).toMatchObject({ sub: account.id, client_id: 'nTo1eRIub60vPb54WeE6aojPwYwImtl4' });
    });
  });

  it('jose verifies an access token by the published keys [S-87]', async () => {
    const keys = jose.createRemoteJWKSet(new URL(`${TEST_PUBLIC_URL}/.well-known/jwks.json`), {
      [jose.customFetch]: reach,
    });
    const { payload, protectedHeader } = await jose.jwtVerify(accessToken, keys, {
      algorithms: ['RS256'],
      issuer: TEST_PUBLIC_URL,
      audience: TEST_PUBLIC_URL,
      typ: 'at+jwt',
      requiredClaims: ['sub', 'sid', 'iat', 'exp', 'jti', 'auth_time'],
    });
    expect(payload.sub).toBe(account.id);
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'at+jwt', kid: protectedHeader.kid });
  });
});
