import createClient, { type Client, type ClientOptions } from 'openapi-fetch';
import type { paths } from './generated/internal';
import type { RekeyOptions } from './rekey-options';

export type InternalClient = Client<paths>;

/** The internal API, typed, without a token: what is below `/oauth2/` takes the client's id and secret. */
export function oauthClient(options: RekeyOptions): InternalClient {
  return createClient<paths>(reaching(options));
}

/** In time or not at all, and never somebody else: to follow a redirect would carry a secret or a token there. */
export function reaching({ url, timeoutMs = 2000 }: Pick<RekeyOptions, 'url' | 'timeoutMs'>): ClientOptions {
  return {
    baseUrl: url,
    redirect: 'error',
    fetch: (request) => fetch(request, { signal: AbortSignal.timeout(timeoutMs) }),
  };
}

/** How a client with a secret sends a form (RFC 6749 2.3.1). */
export function asForm({ clientId, clientSecret }: RekeyOptions) {
  const pair = [clientId, clientSecret].map(encodeURIComponent).join(':');
  return {
    headers: {
      authorization: `Basic ${Buffer.from(pair).toString('base64')}`,
      'content-type': 'application/x-www-form-urlencoded',
    },
    bodySerializer: (fields: object) => new URLSearchParams({ ...fields }).toString(),
  };
}
