import type { Settings } from '@app/platform';

/** By lower-case name. */
export type EdgeHeaders = ReadonlyMap<string, string>;

/**
 * What every answer carries, whatever it is; a page may replace its own `content-security-policy`. A plain list,
 * not @fastify/helmet: it stands also on answers that die before any hook of Fastify runs.
 */
export function edgeHeaders({ isProduction, tls }: Pick<Settings, 'isProduction' | 'tls'>): EdgeHeaders {
  const headers = new Map([
    ['cache-control', 'no-store'],
    ['content-security-policy', "default-src 'none'; frame-ancestors 'none'"],
    ['cross-origin-resource-policy', 'same-origin'],
    ['referrer-policy', 'no-referrer'],
    ['x-content-type-options', 'nosniff'],
  ]);
  // Over plain http on a developer's localhost it would lock every other project there into https.
  if (isProduction || tls) headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  return headers;
}
