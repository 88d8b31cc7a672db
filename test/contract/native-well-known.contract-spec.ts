import { createPublicKey, verify } from 'node:crypto';
import { expectProblem, signIn } from '../e2e/native-driver';
import { bootApi, TEST_PUBLIC_URL, type TestApi } from '../support/boot-api';
import { anAccount } from '../support/factories';

describe('native API: well-known addresses', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ internalUrl: 'http://internal.rekey.test' });
  });
  afterAll(() => api.close());

  const ofAnotherHost = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' };

  it('[S-42] a password manager is sent to the page that changes the password', async () => {
    const answer = await api.http.get('/.well-known/change-password', ofAnotherHost);
    expect(answer.status).toBe(302);
    expect(answer.headers.get('location')).toBe(api.settings.changePasswordUrl);
  });

  it('[S-42] an unknown one is not found', async () => {
    const path = '/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200';
    for (const unknown of [path, '/.well-known', '/.well-known/openid-configuration']) {
      expectProblem(await api.http.get(unknown), 404, 'route.not-found');
    }
  });

  it('[S-87] the published keys verify our tokens, and nothing private is among them', async () => {
    const answer = await api.http.get('/.well-known/jwks.json');
    expect(answer.status).toBe(200);
    const rsa = { kty: 'RSA', use: 'sig', alg: 'RS256', kid: expect.any(String), n: expect.any(String), e: 'AQAB' };
    expect(answer.body).toEqual({ keys: [rsa] });

    const { accessToken } = await signIn(api, await anAccount(api));
    const [header = '', payload = '', signature = ''] = accessToken.split('.');
    const key = createPublicKey({ key: answer.body.keys[0], format: 'jwk' });
    const signed = Buffer.from(`${header}.${payload}`);
    expect(verify('sha256', signed, key, Buffer.from(signature, 'base64url'))).toBe(true);
    expect(jsonOf(header).kid).toBe(answer.body.keys[0].kid);
  });

  it('[S-109] [S-31] the metadata comes from the settings and names only what exists', async () => {
    const answer = await api.http.get('/.well-known/oauth-authorization-server', ofAnotherHost);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json(;|$)/);
    expect(answer.body).toEqual({
      issuer: TEST_PUBLIC_URL,
      jwks_uri: `${TEST_PUBLIC_URL}/.well-known/jwks.json`,
      token_endpoint: 'http://internal.rekey.test/oauth2/token',
      token_endpoint_auth_methods_supported: ['client_secret_basic'],
      introspection_endpoint: 'http://internal.rekey.test/oauth2/introspect',
      introspection_endpoint_auth_methods_supported: ['client_secret_basic', 'Bearer'],
      revocation_endpoint: 'http://internal.rekey.test/oauth2/revoke',
      revocation_endpoint_auth_methods_supported: ['client_secret_basic'],
      grant_types_supported: ['client_credentials'],
      response_types_supported: [],
      scopes_supported: [
        'accounts:read',
        'accounts:write',
        'admin',
        'events:read',
        'tokens:introspect',
        'tokens:revoke',
      ],
    });
    const { accessToken } = await signIn(api, await anAccount(api));
    expect(jsonOf(accessToken.split('.')[1]).iss).toBe(answer.body.issuer);
  });
});

const jsonOf = (part = ''): Record<string, unknown> => JSON.parse(Buffer.from(part, 'base64url').toString());
