import type { RouteOptions } from 'fastify';
import { bootApi, type TestApi } from '../support/boot-api';
import { builtDocuments, documentedRoutes, type Listener, listenerOf } from '../support/openapi.mjs';

/** Pages and files for people. What else a listener serves is in its documents. */
const FOR_PEOPLE = /^\/(docs|email-change|email-verification|not-me|pages|password-reset|problems)(\/|$)/;

/** For servers, and for people who follow a link: a page of another origin may not read what they are answered. */
const NOT_FOR_BROWSERS = /^\/(api\/user|email-change|email-verification|not-me|pages|password-reset|problems)(\/|$)/;

const documents = builtDocuments();

describe('the OpenAPI documents', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it.each(['public', 'internal'] as const)(
    'are the routes of the %s listener, no more and no fewer [S-129]',
    (listener) => {
      const routed = api.routes.filter((route) => isSeenOn(listener, route)).flatMap(namesOf);
      expect([...documentedNames(listener)].sort()).toEqual([...new Set(routed)].sort());
    },
  );

  it('name no internal path in a public document [S-113]', () => {
    const isInternal = (path: string) => /^\/(internal|oauth2|dev|metrics)(\/|$)/.test(path);
    const publicPaths = [...documents]
      .filter(([name]) => listenerOf(name) === 'public')
      .flatMap(([, { paths }]) => Object.keys(paths));
    expect(publicPaths.filter(isInternal)).toEqual([]);
    expect(Object.keys(documents.get('internal')?.paths ?? {}).filter(isInternal).length).toBeGreaterThan(10);
  });

  it('are served as they were built, each on its own listener alone [S-113]', async () => {
    for (const [name, document] of documents) {
      const [own, other] = listenerOf(name) === 'public' ? [api.http, api.internal] : [api.internal, api.http];
      const answer = await own.get(`/docs/openapi/${name}.json`);
      expect([name, answer.status, answer.body]).toEqual([name, 200, document]);
      expect([name, (await other.get(`/docs/openapi/${name}.json`)).status]).toEqual([name, 404]);
    }
  });

  it('have a security requirement, or an explicit lack of one, for every operation', () => {
    const routes = [...documents].flatMap(([name, document]) => documentedRoutes(name, document));
    const open = routes.filter(({ operation }) => operation.security?.length === 0).map(({ path }) => path);
    expect(routes.filter(({ operation }) => !Array.isArray(operation.security))).toEqual([]);
    expect(open).toContain('/account/v1/sessions');
    expect(open).not.toContain('/account/v1/me');
  });

  it.each([
    ['public', 'http'],
    ['internal', 'internal'],
  ] as const)(
    'name what a page of an allowed origin may read: of the %s listener all that browsers are meant to call, nothing else [S-128]',
    async (listener, client) => {
      const preflight = { origin: 'http://localhost:5173', 'access-control-request-method': 'POST' };
      const paths = api.routes.map(({ url }) => url.replace(/:\w+/g, 'x')).filter((path) => path !== '*');
      for (const path of new Set(paths)) {
        const { headers } = await fetch(api[client].baseUrl + path, { method: 'OPTIONS', headers: preflight });
        const isOpen = listener === 'public' && !NOT_FOR_BROWSERS.test(path);
        expect([path, headers.get('access-control-allow-origin')]).toEqual([path, isOpen ? preflight.origin : null]);
      }
    },
  );

  function documentedNames(listener: Listener): Set<string> {
    const own = [...documents].filter(([name]) => listenerOf(name) === listener);
    const routes = own.flatMap(([name, document]) => documentedRoutes(name, document));
    return new Set(routes.map(({ method, path }) => `${method} ${path}`));
  }
});

function isSeenOn(listener: Listener, { url, constraints }: RouteOptions): boolean {
  const side = (constraints as { listener?: Listener } | undefined)?.listener ?? listener;
  return side === listener && !FOR_PEOPLE.test(url);
}

/** Preflights and Fastify's own HEAD beside each GET are no operations of ours. */
function namesOf({ method, url }: RouteOptions): string[] {
  const methods = [method].flat().filter((name) => !['HEAD', 'OPTIONS'].includes(name));
  return methods.map((name) => `${name} ${url.replace(/:(\w+)/g, '{$1}')}`);
}
