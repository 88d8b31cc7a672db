import { bootApi, type TestApi } from '../support/boot-api';

const CSP = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self' 'sha256-RL3ie0nH+Lzz2YNqQN83mnU0J1ot4QL7b99vMdIX99w='",
  "img-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ');

describe('the explorer', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  it.each([
    ['http', ['account', 'applivery', 'bamboocloud', 'vivoldi']],
    ['internal', ['internal']],
  ] as const)('offers the documents of its own listener alone: %s [S-113]', async (listener, names) => {
    const { status, headers, text } = await api[listener].get('/docs');
    expect(status).toBe(200);
    expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect([...text.matchAll(/\/docs\/openapi\/(\w+)\.json/g)].map(([, name]) => name).sort()).toEqual(names);
  });

  it('allows scripts, styles and requests of this origin alone, none of them inline [S-128][S-129]', async () => {
    const { headers, text } = await api.http.get('/docs');
    expect(headers.get('content-security-policy')).toBe(CSP);
    expect(headers.get('cache-control')).toBe('no-store');
    expect(text).not.toMatch(/https?:|\/\/|<style|style=|<script(?![^>]* src=)|\son\w+=/);
  });

  it('serves every file that its page asks for, and nothing else of their folders', async () => {
    const { text } = await api.http.get('/docs');
    const files = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => String(path));
    expect(files.length).toBeGreaterThan(4);
    for (const path of files) {
      const answer = await api.http.get(path);
      expect([path, answer.status, answer.headers.get('cache-control')]).toEqual([path, 200, 'no-store']);
    }
    for (const path of [
      'package.json',
      'swagger-initializer.js',
      '..%2fexplorer-page.js',
      '%2e%2e/explorer-page.js',
      '',
    ]) {
      const { status, body } = await api.http.get(`/docs/assets/${path}`);
      expect([path, status, body.code]).toEqual([path, 404, 'route.not-found']);
    }
  });

  it('keeps no token and takes no other document from the address', async () => {
    const { text } = await api.http.get('/docs/assets/explorer.mjs');
    expect(text).toContain('persistAuthorization: false');
    expect(text).toContain('queryConfigEnabled: false');
    expect(text).toContain('validatorUrl: null');
  });

  it('is on the internal listener alone when it is switched off [S-113]', async () => {
    const off = await bootApi({ explorer: false });
    try {
      for (const path of ['/docs', '/docs/assets/swagger-ui-bundle.js', '/docs/openapi/account.json']) {
        expect([path, (await off.http.get(path)).status]).toEqual([path, 404]);
      }
      expect((await off.internal.get('/docs')).status).toBe(200);
      expect((await off.internal.get('/docs/openapi/internal.json')).status).toBe(200);
    } finally {
      await off.close();
    }
  });
});
