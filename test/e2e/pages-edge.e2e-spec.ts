import { ERROR_CATALOGUE, LOCALES } from '@app/contracts';
import { bootApi, TEST_PUBLIC_URL, type TestApi } from '../support/boot-api';
import { OTHER_GOOD_PASSWORD } from '../support/factories';
import type { HttpAnswer } from '../support/http-client';
import { pathIn } from '../support/mailed';
import { aNewPassword, aPendingChange, aResetLink, aStolenAccount, newestTo, signIn, tokenOf } from './pages-links';
import { submit, titleOf } from './pages-reader';

describe('the pages that mails and problems link to', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0 });
  });
  afterEach(() => jest.restoreAllMocks());
  afterAll(() => api.close());

  describe('every page', () => {
    async function everyPage(language: string): Promise<HttpAnswer[]> {
      const headers = { 'accept-language': language };
      const { undo } = await aStolenAccount(api);
      const { cancel } = await aPendingChange(api);
      const { reset } = await aResetLink(api);
      const { notMe } = await aNewPassword(api);
      const opened = [];
      for (const path of [
        undo,
        cancel,
        reset,
        notMe,
        '/not-me',
        '/not-me/unknown',
        '/email-change/undo',
        '/email-change/cancel',
        '/password-reset',
        '/email-verification',
        '/problems/password.too-weak',
        '/problems/none',
        '/email-change/undo/unknown',
        '/email-change/cancel/unknown',
        '/password-reset/unknown',
      ]) {
        opened.push(await api.http.get(path, headers));
      }
      const token = (path: string) => ({ token: tokenOf(path) });
      const refusal = await submit(api, '/password-reset/confirm', { ...token(reset), newPassword: 'short' }, headers);
      return [
        ...opened,
        refusal,
        await submit(api, '/email-verification', { email: 'x@example.com', code: '1' }, headers),
        await submit(api, '/password-reset', { email: 'nobody@example.org' }, headers),
        await submit(api, '/email-change/cancel', token(cancel), headers),
        await submit(api, '/email-change/undo', token(undo), headers),
        await submit(api, '/not-me', token(notMe), headers),
        await submit(api, '/password-reset/confirm', { ...token(reset), newPassword: OTHER_GOOD_PASSWORD }, headers),
      ];
    }

    it('[S-77] [S-128] carries the headers of a page that nothing can be loaded into or learned from', async () => {
      for (const { headers } of await everyPage('en')) {
        expect(headers.get('content-type')).toBe('text/html; charset=utf-8');
        expect(headers.get('content-security-policy')).toBe(
          "default-src 'none'; style-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
        );
        expect(headers.get('referrer-policy')).toBe('no-referrer');
        expect(headers.get('cache-control')).toBe('no-store');
        expect(headers.get('x-content-type-options')).toBe('nosniff');
        expect(headers.get('x-request-id')).toMatch(/^[\w-]{36}$/);
        expect(headers.get('set-cookie')).toBeNull();
      }
    });

    it('[S-16] [S-77] has no script, no outside address, no hint or question to answer, and a label for each field', async () => {
      for (const { text } of await everyPage('en')) {
        expect(text).not.toMatch(/<script|<img|<iframe|<style|\sstyle=|\son\w+=|javascript:|https?:|url\(/i);
        const links = [...text.matchAll(/\b(?:href|src|action)="([^"]*)"/g)].map(([, link]) => link);
        expect(links.filter((link) => !/^\/(?!\/)/.test(link ?? ''))).toEqual([]);
        expect(text).not.toMatch(/name="[^"]*(hint|question|answer)|autocomplete="off"/i);
        const ids = [...text.matchAll(/<input id="(\w+)"/g)].map(([, id]) => id);
        for (const id of ids) expect(text).toContain(`<label for="${id}">`);
        const forms = [...text.matchAll(/<form method="(\w+)"/g)].map(([, method]) => method);
        expect(forms.filter((method) => method !== 'post')).toEqual([]);
      }
    });

    it('speaks the reader’s language, whole', async () => {
      const statuses = new Set();
      for (const locale of LOCALES) {
        const pages = await everyPage(`${locale}-XX,${locale};q=0.9,en;q=0.1`);
        statuses.add(String(pages.map(({ status }) => status)));
        for (const { text } of pages) {
          expect(text).toContain(`<html lang="${locale}">`);
          expect(text).not.toMatch(/undefined|\[object|<%/);
          expect(/<p[ >][^<]*\p{Script=Han}|<dd>[^<]*\p{Script=Han}/u.test(text)).toBe(locale === 'zh');
        }
      }
      expect(statuses.size).toBe(1);
    });

    it('[S-115] escapes what it shows', async () => {
      const { undo } = await aStolenAccount(api);
      const sent = `"><script>alert(1)</script>&lt;`;
      const answers = [
        await api.http.get(`/email-change/undo/${encodeURIComponent(sent)}`),
        await api.http.get(`/problems/${encodeURIComponent(sent)}`),
        await submit(api, '/email-change/undo', { token: sent }),
        await submit(api, '/password-reset', { email: sent }),
        await submit(api, '/email-verification', { email: sent, code: sent }),
        await submit(api, '/password-reset/confirm', { token: sent, newPassword: sent }),
        await submit(api, '/email-change/undo', { [sent]: sent }),
        await api.http.get(undo, { 'accept-language': sent, 'x-request-id': sent }),
      ];
      for (const { text } of answers) {
        expect(text).toContain('<!doctype html>');
        expect(text).not.toMatch(/<script|alert\(1\)/);
      }
    });

    it('is dressed by one style sheet of ours', async () => {
      const style = await api.http.get('/pages/style.css');
      expect([style.status, style.headers.get('content-type')]).toEqual([200, 'text/css; charset=utf-8']);
      expect(style.text).toContain('@media (prefers-color-scheme: dark)');
      expect(style.text).not.toMatch(/url\(|@import|https?:/);
    });
  });

  describe('an error', () => {
    const FORM = { 'content-type': 'application/x-www-form-urlencoded' };
    const pages = ['/email-change/undo', '/email-change/cancel', '/not-me', '/password-reset', '/email-verification'];

    it.each(pages)('[S-127] at %s is a page: wrong method, media type, size and form', async (path) => {
      const wrongMethod = await api.http.delete(path);
      expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
      const refused = {
        405: wrongMethod,
        404: await api.http.get(`${path}/too/deep`),
        413: await api.http.post(path, `token=${'x'.repeat(20_000)}`, FORM),
        415: await api.http.post(path, { token: 'x' }),
        422: await api.http.post(path, 'other=1', FORM),
        400: await api.http.post(path, 'token=%ff', FORM),
      };
      for (const [status, answer] of Object.entries(refused)) {
        expect([answer.status, answer.headers.get('content-type')]).toEqual([
          Number(status),
          'text/html; charset=utf-8',
        ]);
        expect(answer.text).toMatch(/<h1>.+<\/h1>\n<p>.+<\/p>/);
      }
    });

    it.each(pages)('[S-102] at %s: a form that another site sends is refused and does nothing', async (path) => {
      const { account, thief, undo } = await aStolenAccount(api);
      const fields = { token: tokenOf(undo) };
      for (const site of ['cross-site', 'same-site']) {
        const answer = await submit(api, path, fields, { 'sec-fetch-site': site });
        expect([answer.status, titleOf(answer)]).toEqual([403, 'This form came from another site']);
      }
      expect(await signIn(api, { ...account, email: thief })).toBe(201);
      // A link in a webmail comes from another site by nature.
      expect((await api.http.get(undo, { 'sec-fetch-site': 'cross-site' })).status).toBe(200);
    });

    it('is a page when there are too many requests', async () => {
      const limited = await bootApi({ sourceRequestsPerMinute: 1 });
      await limited.http.get('/password-reset');
      const tooMany = await limited.http.get('/password-reset', { 'accept-language': 'zh' });
      expect([tooMany.status, titleOf(tooMany)]).toEqual([429, '尝试次数过多']);
      expect(Number(tooMany.headers.get('retry-after'))).toBeGreaterThan(0);
      await limited.close();
    });

    it.each([
      ['57P01', 503, 'We are too busy just now'],
      ['XX000', 500, 'Something went wrong on our side'],
    ])('is a page when the database fails by %s, with the number to tell the operator', async (code, status, title) => {
      jest.spyOn(api.dataSource, 'query').mockRejectedValueOnce(Object.assign(new Error('secret'), { code }));
      const failed = await submit(api, '/email-change/undo', { token: 'x' });
      expect([failed.status, titleOf(failed)]).toEqual([status, title]);
      expect(failed.text).toContain(`<code>${failed.headers.get('x-request-id')}</code>`);
      expect(failed.text).not.toContain('secret');
    });
  });

  it('[S-75] builds mailed links from the settings, and no page names the host that was asked for', async () => {
    const { account } = await aResetLink(api);
    const lies = {
      'x-forwarded-host': 'evil.example',
      'x-forwarded-proto': 'https',
      'x-forwarded-for': '203.0.113.9',
      'x-original-host': 'evil.example',
      'x-host': 'evil.example',
      forwarded: 'host=evil.example;proto=https',
      origin: 'https://evil.example',
      referer: 'https://evil.example/',
    };
    const asked = await submit(api, '/password-reset', { email: account.email }, lies);
    const mail = await newestTo(api, account.email);
    expect((await api.mailsTo(account.email)).length).toBe(2);
    expect(mail?.text).toContain(`${TEST_PUBLIC_URL}/password-reset/`);
    expect(asked.text + mail?.text + mail?.html).not.toContain('evil.example');
    const page = await api.http.get(pathIn(mail, 'password-reset'), lies);
    expect(page.text).not.toMatch(/evil\.example|127\.0\.0\.1/);
  });

  describe('problems', () => {
    it('documents every error where its type points to', async () => {
      const { body } = await api.http.get('/account/v1/me');
      expect(body.type).toBe(`${TEST_PUBLIC_URL}/problems/access-token.missing`);
      const page = await api.http.get(String(body.type).slice(TEST_PUBLIC_URL.length));
      expect([page.status, titleOf(page)]).toEqual([200, 'access-token.missing']);
      expect(page.text).toContain('<dd lang="en">An access token is required.</dd>');
      expect(page.text).toContain('<dd>401</dd>');
      expect(page.text).toContain('Sign in and send the access token');
    });

    it('has advice for every error of the catalogue, in every language', async () => {
      for (const [code, { status }] of Object.entries(ERROR_CATALOGUE)) {
        for (const locale of LOCALES) {
          const { text } = await api.http.get(`/problems/${code}`, { 'accept-language': locale });
          expect(text).toContain(`<dd>${status}</dd>`);
          expect(text).toMatch(/<dd>[^<]{5,}<\/dd>\s*<\/dl>/);
          expect(text).not.toContain('undefined');
        }
      }
    });

    it.each(['none', 'toString', '__proto__', 'constructor'])('knows no error %s', async (code) => {
      const page = await api.http.get(`/problems/${code}`);
      expect([page.status, titleOf(page)]).toEqual([404, 'There is nothing here']);
    });
  });
});
