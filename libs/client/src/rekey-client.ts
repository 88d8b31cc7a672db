import createClient, { type Client } from 'openapi-fetch';
import type { paths } from './generated/account';
import { type InternalClient, oauthClient, reaching } from './oauth-client';
import type { RekeyOptions } from './rekey-options';
import { type IssuedToken, ServiceToken } from './service-token';

export type AccountClient = Client<paths>;

/** The operations below `/internal/v1/`, typed, but the import, which is a stream. Gets its own access token, and a new one before that expires. */
export function internalClient(options: RekeyOptions): InternalClient {
  const client = oauthClient(options);
  const token = new ServiceToken(options);
  const shown = new WeakMap<Request, IssuedToken>();
  client.use({
    async onRequest({ request }) {
      const issued = await token.value();
      request.headers.set('authorization', `Bearer ${issued.text}`);
      shown.set(request, issued);
      return request;
    },
    onResponse({ request, response }) {
      const issued = shown.get(request);
      if (issued && response.status === 401) token.forget(issued);
    },
  });
  return client;
}

/** Every operation that people's frontends call, typed. `url`: the public listener. */
export function accountClient(url: string, timeoutMs?: number): AccountClient {
  return createClient<paths>(reaching({ url, timeoutMs }));
}
