import { createHash } from 'node:crypto';
import { ManageAccount } from '@app/account';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';
import { expectProblem } from './internal-callers';

const MESSAGES = '/dev/mailbox/messages';

describe('the development mailbox', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  beforeEach(() => api.internal.delete(MESSAGES));
  afterAll(() => api.close());

  async function aMail(): Promise<string> {
    const { id, email } = await anAccount(api);
    await api.app.get(ManageAccount).requirePasswordChange(id, TEST_REQUESTER);
    await api.drain();
    return email;
  }

  it('lists mails newest first, whole', async () => {
    const older = await aMail();
    const newer = await aMail();
    const answer = await api.internal.get(MESSAGES);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.body.messages).toMatchObject([{ to: newer }, { to: older }]);
    expect(answer.body.messages[0]).toEqual({
      id: expect.stringMatching(/^[0-9a-f-]{36}$/),
      to: newer,
      from: api.settings.mailFrom,
      subject: expect.any(String),
      text: expect.any(String),
      html: expect.stringContaining('<html'),
      headers: expect.objectContaining({ 'Message-ID': expect.any(String) }),
      sentAt: expect.stringMatching(/Z$/),
    });
  });

  it('lists those to one address, in any case', async () => {
    const email = await aMail();
    await aMail();
    for (const to of [email, email.toUpperCase()]) {
      const { body } = await api.internal.get(`${MESSAGES}?to=${to}`);
      expect(body.messages).toHaveLength(1);
    }
    expect((await api.internal.get(`${MESSAGES}?to=nobody@example.com`)).body).toEqual({ messages: [] });
    expect((await api.internal.get(`${MESSAGES}?to=`)).body.messages).toHaveLength(2);
  });

  it('is emptied', async () => {
    await aMail();
    const answer = await api.internal.delete(MESSAGES);
    expect([answer.status, answer.text]).toEqual([204, '']);
    expect((await api.internal.get(MESSAGES)).body).toEqual({ messages: [] });
  });

  it.each(['?to=%00', '?to=a&to=b', '?from=a'])('refuses the query %s', async (query) => {
    const answer = await api.internal.get(MESSAGES + query);
    expect([answer.status, answer.body.code]).toEqual([422, 'body.invalid']);
  });

  describe('as a page', () => {
    it('shows the texts of mails, newest first, or of those to one address', async () => {
      const older = await aMail();
      const newer = await aMail();
      const all = await api.internal.get('/dev/mailbox');
      expect([all.status, all.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
      expect(all.text.indexOf(newer)).toBeLessThan(all.text.indexOf(older));
      const some = await api.internal.get(`/dev/mailbox?to=${older}`);
      expect(some.text).toContain(`value="${older}"`);
      expect(some.text).not.toContain(newer);
      expect((await api.internal.get('/dev/mailbox?to=nobody@example.com')).text).toContain('No mail.');
    });

    it('escapes everything that comes from outside', async () => {
      const script = `<script>alert("1")</script>'`;
      await api.dataSource.query(
        `INSERT INTO mailbox_message (id, message_id, recipient, sender, subject, text_body, html_body, headers)
         VALUES (gen_random_uuid(), $1, $1, $1, $1, $1, $1, '{}')`,
        [script],
      );
      const { text } = await api.internal.get(`/dev/mailbox?to=${encodeURIComponent(script)}`);
      expect(text).not.toContain('<script');
      expect(text).not.toContain('"1"');
      expect(text.split('&lt;script&gt;')).toHaveLength(5);
    });

    it('lets nothing run or load but its own style', async () => {
      const { text, headers } = await api.internal.get('/dev/mailbox');
      const style = /<style>(.*)<\/style>/s.exec(text)?.[1] ?? '';
      const hash = createHash('sha256').update(style).digest('base64');
      expect(headers.get('content-security-policy')).toBe(
        `default-src 'none'; style-src 'sha256-${hash}'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'`,
      );
      expect(text).not.toMatch(/<script|\son\w+=|style=|https?:/);
    });
  });

  it.each(['/dev/mailbox', MESSAGES])('is not on the public listener: %s [S-113]', async (path) => {
    expectProblem(await api.http.get(path), 404, 'route.not-found');
  });
});

describe('the development mailbox in production', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi({ isProduction: true });
  });
  afterAll(() => api.close());

  it.each([
    ['GET', '/dev/mailbox'],
    ['GET', MESSAGES],
    ['DELETE', MESSAGES],
  ])('is not there: %s %s [S-136]', async (method, path) => {
    expectProblem(await api.internal.send(method, path, undefined, {}), 404, 'route.not-found');
  });
});
