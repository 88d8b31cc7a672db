import { ManageAccount } from '@app/account';
import { EventFeed, type FeedEvent } from '@app/platform';
import { ServiceClients } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD, type TestAccount, TEST_REQUESTER } from '../support/factories';
import { bearer, type HeaderMap, type HttpAnswer } from '../support/http-client';
import { codeIn } from '../support/mailed';
import {
  aService,
  aServiceClient,
  askForToken,
  basic,
  expectFields,
  expectProblem,
  FORM,
  NOBODY,
} from './internal-callers';

const EVENTS = '/internal/v1/events';
const ID = expect.stringMatching(/^[0-9a-f-]{36}\.\d$/);
const CURSOR = expect.stringMatching(/^[\w-]{20,100}$/);
const TIME = expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);

describe('GET /internal/v1/events', () => {
  let api: TestApi;
  let service: HeaderMap;
  beforeAll(async () => {
    api = await bootApi();
    service = await aService(api, 'events:read');
  });
  afterAll(() => api.close());
  afterEach(() => jest.restoreAllMocks());

  const read = (query = '', headers = service): Promise<HttpAnswer> => api.internal.get(`${EVENTS}?${query}`, headers);
  async function readToTheEnd(): Promise<string> {
    let { events, next } = (await read('limit=500')).body;
    while (events.length > 0) ({ events, next } = (await read(`limit=500&after=${next}`)).body);
    return next;
  }

  async function changePassword(account: TestAccount): Promise<HttpAnswer> {
    const { accessToken } = await aSession(api, account);
    const body = { currentPassword: account.password, newPassword: OTHER_GOOD_PASSWORD, signOut: 'everywhere' };
    return api.http.put('/account/v1/me/password', body, bearer(accessToken));
  }

  it('tells of a changed password, with who changed it', async () => {
    const account = await anAccount(api);
    const after = await readToTheEnd();
    const changed = await changePassword(account);
    const answer = await read(`after=${after}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toMatch(/^application\/json/);
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.body).toEqual({
      events: [
        {
          id: ID,
          cursor: CURSOR,
          at: TIME,
          name: 'account.password-changed.v1',
          actor: { kind: 'account', accountId: account.id, sessionId: expect.any(String) },
          cause: { requestId: changed.headers.get('x-request-id') },
          data: { accountId: account.id, credentialVersion: 2, by: 'change', keepSessionId: null, apiKeysAlive: 0 },
        },
      ],
      next: answer.body.events[0].cursor,
    });
  });

  it('tells of a changed address, but never a code, a link, a recipient or where the request came from', async () => {
    const account = await anAccount(api);
    const after = await readToTheEnd();
    const { accessToken } = await aSession(api, account);
    const newEmail = 'moved@example.net';
    const ask = { newEmail, currentPassword: account.password };
    await api.http.post('/account/v1/me/email-change', ask, bearer(accessToken));
    const code = codeIn((await api.mailsTo(newEmail))[0]);
    await api.http.post('/account/v1/me/email-change/confirm', { code, signOut: 'everywhere' }, bearer(accessToken));

    const { body, text } = await read(`after=${after}`);
    const shown = (body.events as FeedEvent[]).map(({ name, data }) => [name, data]);
    const common = { accountId: account.id, credentialVersion: expect.any(Number) };
    expect(shown).toEqual([
      ['account.email-change-requested.v1', { ...common, newEmail, expiresAt: TIME }],
      [
        'account.email-changed.v1',
        {
          ...common,
          oldEmail: account.email,
          newEmail,
          emailVerified: true,
          keepSessionId: null,
          undoUntil: TIME,
          apiKeysAlive: 0,
        },
      ],
    ]);
    for (const secret of [code, 'recipients', 'locale', '127.0.0.1', 'userAgent']) expect(text).not.toContain(secret);
  });

  it('names the service that acted', async () => {
    const { id, secret } = await aServiceClient(api, 'accounts:write');
    const token = (await askForToken(api, basic(id, secret))).body.access_token;
    const account = await anAccount(api);
    const after = await readToTheEnd();
    await api.internal.patch(`/internal/v1/accounts/${account.id}`, { disabled: true }, bearer(token));
    const { events } = (await read(`after=${after}`)).body;
    expect(events).toMatchObject([{ name: 'account.disabled.v1', actor: { kind: 'service', clientId: id } }]);
  });

  it('leaves out a reset that was asked for nobody', async () => {
    const after = await readToTheEnd();
    await api.http.post('/account/v1/password-reset', { email: 'nobody@example.com' });
    expect((await read(`after=${after}`)).body).toEqual({ events: [], next: after });
  });

  it('gives at most 100 events unless asked for more, and each page goes on where the last one ended', async () => {
    const after = await readToTheEnd();
    const { id } = await anAccount(api);
    const manage = api.app.get(ManageAccount);
    for (let i = 0; i < 60; i++) {
      await manage.patch(id, { disabled: true }, TEST_REQUESTER);
      await manage.patch(id, { disabled: false }, TEST_REQUESTER);
    }
    const first = (await read(`after=${after}`)).body;
    const rest = (await read(`after=${first.next}&limit=500`)).body;
    expect([first.events.length, rest.events.length]).toEqual([100, 21]);
    const versions: number[] = [...first.events, ...rest.events].map(({ data }) => data.credentialVersion);
    expect(versions).toEqual([...versions].sort((a, b) => a - b));
    expect((await read(`after=${first.events[98].cursor}&limit=1`)).body.events).toEqual([first.events[99]]);
  });

  it.each([
    ['limit=0', ['limit min']],
    ['limit=501', ['limit max']],
    ['limit=', ['limit isInt', 'limit min', 'limit max']],
    ['limit=1e1', ['limit isInt', 'limit min', 'limit max']],
    ['wait=31', ['wait max']],
    ['wait=-1', ['wait isInt', 'wait min', 'wait max']],
    ['wait=0.5', ['wait isInt', 'wait min', 'wait max']],
    ['wait=1&wait=2', ['wait isInt', 'wait min', 'wait max']],
    ['after=a&after=b', ['after isString']],
    ['before=x', ['before unknown']],
  ])('refuses ?%s', async (query, fields) => {
    const answer = await read(query);
    expectFields(answer, fields);
  });

  it.each(['after=', 'after=0', `after=${NOBODY}`, 'after=%00'])('refuses ?%s as no cursor', async (query) => {
    expectProblem(await read(query), 422, 'event-cursor.invalid');
  });

  it('says so when the event of a cursor is no longer there', async () => {
    await anAccount(api);
    const cursor = Buffer.from(`1.0.${NOBODY}`).toString('base64url');
    expectProblem(await read(`after=${cursor}`), 410, 'event-cursor.gone');
  });

  it('is for services with the scope events:read alone', async () => {
    expectProblem(await read('', {}), 401, 'access-token.missing');
    expectProblem(await read('', bearer('x')), 401, 'access-token.invalid');
    const { accessToken } = await aSession(api, await anAccount(api));
    expectProblem(await read('', bearer(accessToken)), 401, 'access-token.invalid');
    expectProblem(await read('', await aService(api, 'accounts:read', 'admin')), 403, 'scope.missing');
  });

  it('knows no other method, and is not on the public listener [S-113]', async () => {
    const posted = await api.internal.post(EVENTS, {}, service);
    expectProblem(posted, 405, 'method.not-allowed');
    expect(posted.headers.get('allow')).toBe('GET, HEAD');
    expectProblem(await api.http.get(EVENTS, service), 404, 'route.not-found');
  });

  describe('with a wait', () => {
    /** Starts to read, and resolves once the request is let in; its answer comes later. */
    async function startToWait(headers = service, signal?: AbortSignal) {
      const after = await readToTheEnd();
      const feed = jest.spyOn(api.app.get(EventFeed), 'read');
      const answer = fetch(`${api.internal.baseUrl}${EVENTS}?wait=30&after=${after}`, { headers, signal });
      while (feed.mock.results.length === 0) await new Promise(setImmediate);
      return { after, answer, page: feed.mock.results[0]?.value as ReturnType<EventFeed['read']> };
    }

    it('answers when something happens', async () => {
      const account = await anAccount(api);
      const { answer } = await startToWait();
      await changePassword(account);
      const response = await answer;
      expect([response.status, await response.json()]).toMatchObject([
        200,
        { events: [{ name: 'account.password-changed.v1', data: { accountId: account.id } }] },
      ]);
    });

    it('answers with nothing and the same cursor when nothing happens', async () => {
      const after = await readToTheEnd();
      const answer = await read(`after=${after}&wait=1`);
      expect([answer.status, answer.body]).toEqual([200, { events: [], next: after }]);
    });

    it('stops when the client leaves', async () => {
      const client = new AbortController();
      const { answer, page } = await startToWait(service, client.signal);
      client.abort();
      await expect(answer).rejects.toThrow('aborted');
      expect((await page).events).toEqual([]);
    });

    it.each<[string, (id: string, token: string) => Promise<unknown>]>([
      ['the client', (id) => api.app.get(ServiceClients).revoke(id, TEST_REQUESTER)],
      [
        'the token',
        (_id, token) => api.internal.post('/oauth2/revoke', `token=${token}`, { ...FORM, ...bearer(token) }),
      ],
    ])('tells nothing of what happened since %s was revoked meanwhile [S-101] [S-112]', async (_what, revoke) => {
      const { id, secret } = await aServiceClient(api, 'events:read', 'tokens:revoke');
      const token = (await askForToken(api, basic(id, secret))).body.access_token;
      const { answer } = await startToWait(bearer(token));
      await revoke(id, token);
      await anAccount(api);
      const response = await answer;
      expect([response.status, await response.json()]).toMatchObject([401, { code: 'access-token.invalid' }]);
    });
  });
});

it('a service that shuts down answers those who wait for events', async () => {
  const api = await bootApi();
  const service = await aService(api, 'events:read');
  const { next } = (await api.internal.get(EVENTS, service)).body;
  const feed = jest.spyOn(api.app.get(EventFeed), 'read');
  const answer = api.internal.get(`${EVENTS}?wait=30&after=${next}`, service);
  while (feed.mock.results.length === 0) await new Promise(setImmediate);
  await api.close();
  expect(await answer).toMatchObject({ status: 200, body: { events: [], next } });
});
