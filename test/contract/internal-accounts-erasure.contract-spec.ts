import { randomUUID } from 'node:crypto';
import { RequestPasswordReset } from '@app/account';
import type { Requester } from '@app/contracts';
import { SignIn } from '@app/session';
import { bootApi, type TestApi } from '../support/boot-api';
import { DEVICE_HEADERS } from '../support/device-headers';
import { anAccount, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { bearer, type HeaderMap } from '../support/http-client';
import { prove, put } from '../e2e/undo-driver';
import { codeIn } from '../support/mailed';
import { signInEverywhere } from '../support/surfaces';
import { aService, expectProblem, tablesWith } from './internal-callers';
import { importAccounts, ndjson } from './internal-import-client';
import { expectCode, UPDATE } from './vivoldi-client';

const ACCOUNTS = '/internal/v1/accounts';
const PERSON = {
  ...TEST_REQUESTER,
  actor: { kind: 'anonymous' },
  ip: '203.0.113.99',
  userAgent: 'canary-program',
  device: 'canary-device',
} satisfies Requester;
const NAME = 'Canary Lovelace';
const WHERE_FROM = [PERSON.ip, PERSON.userAgent, PERSON.device];

describe('what stays of a deleted account', () => {
  let api: TestApi;
  let service: HeaderMap;
  beforeAll(async () => {
    api = await bootApi();
    service = await aService(api, 'accounts:read', 'accounts:write', 'admin', 'events:read');
  });
  afterAll(() => api.close());
  afterEach(() => jest.restoreAllMocks());

  const newEmail = () => `canary-${randomUUID()}@example.com`;
  const remove = ({ id }: TestAccount) => api.internal.delete(`${ACCOUNTS}/${id}`, service);
  /** The development mailbox is none of the tables of production. */
  const traces = async (texts: readonly string[]): Promise<string[]> => {
    const found: string[] = [];
    for (const text of texts) found.push(...(await tablesWith(api, text)));
    return [...new Set(found)].filter((table) => table !== 'mailbox_message');
  };

  /** Somebody with a past: two addresses, sign-ins, codes, a reset, a wrong password, a pending change. */
  async function aLivedInAccount(): Promise<TestAccount & { texts: string[] }> {
    const first = await anAccount(api, { email: newEmail(), displayName: NAME });
    const moved = { ...first, email: newEmail() };
    const { access } = await signInEverywhere(api, first);
    await api.http.post(
      '/account/v1/me/email-change',
      { newEmail: moved.email, currentPassword: first.password },
      bearer(access),
    );
    const code = codeIn((await api.mailsTo(moved.email))[0]);
    expect((await api.http.post('/account/v1/me/email-change/confirm', { code }, bearer(access))).status).toBe(200);

    const { accessToken } = await api.app.get(SignIn).execute(moved, { renewal: 'handle', listed: true }, PERSON);
    await expect(
      api.app.get(SignIn).execute({ ...moved, password: 'wrong' }, { renewal: 'none', listed: false }, PERSON),
    ).rejects.toThrow();
    for (const { email } of [first, moved]) {
      const send = { email, type: 'FORGET_PWD_EMS', captcha_token: '' };
      await api.http.post('/api/v2/sdk/email/send', send, DEVICE_HEADERS);
    }
    await api.app.get(RequestPasswordReset).execute(moved.email, PERSON);
    const next = newEmail();
    const pending = { newEmail: next, currentPassword: first.password };
    expect((await api.http.post('/account/v1/me/email-change', pending, bearer(accessToken))).status).toBe(202);
    const taken = { eml: (await anAccount(api)).email };
    const asked = await api.http.put(UPDATE, taken, { 'X-Access-Token': accessToken, 'User-Agent': PERSON.userAgent });
    expectCode(asked, 2002);
    return { ...moved, texts: [first.email, moved.email, next, NAME, ...WHERE_FROM] };
  }

  it('is nothing personal in any table, once its person has been told', async () => {
    const account = await aLivedInAccount();
    expect(await traces(account.texts)).toEqual(
      expect.arrayContaining([
        'account',
        'audit_event',
        'email_claim',
        'mailed_code',
        'outbox_delivery',
        'outbox_message',
        'session',
      ]),
    );
    expect((await remove(account)).status).toBe(204);
    const mails = await api.mailsTo(account.email);
    expect(mails.map(({ subject }) => subject)).toContain('Your account was deleted');
    expect(await traces(account.texts)).toEqual([]);
  });

  it('[S-39] [L-10] [L-16] is told to each mailbox whose undo link ends, once, in the language of that link', async () => {
    const first = await anAccount(api, { email: newEmail() });
    const second = await prove(api, first, newEmail());
    await api.internal.patch(`${ACCOUNTS}/${first.id}`, { locale: 'zh' }, service);
    const third = await put(api, second, newEmail());
    await put(api, third, second.email);
    const last = await put(api, second, newEmail());
    await remove(last);

    await api.drain();
    const farewellsTo = async ({ email }: TestAccount) =>
      (await api.mailsTo(email)).filter(({ subject }) => /deleted|删除/.test(subject));
    const told = await Promise.all([first, second, third, last].map(farewellsTo));
    expect(told.map((mails) => mails.map(({ subject }) => subject))).toEqual([
      ['An account that this mailbox belonged to was deleted'],
      ['本邮箱原先所属的账户已删除'],
      [],
      ['您的账户已删除'],
    ]);
    for (const { text } of told.slice(0, 3).flat()) {
      expect(text).toContain('c***@example.com');
      expect(text).not.toContain(last.email);
    }
  });

  it('is what happened, when, and which service did it', async () => {
    const account = await aLivedInAccount();
    await remove(account);
    await api.drain();
    const rows = await api.dataSource.query<{ action: string; requester: Requester; details: object }[]>(
      'SELECT action, requester, details FROM audit_event WHERE account_id = $1 ORDER BY id',
      [account.id],
    );
    expect(rows.map(({ action }) => action)).toEqual(
      expect.arrayContaining([
        'account.created.v1',
        'sign-in.failed',
        'account.email-changed.v1',
        'account.deleted.v1',
      ]),
    );
    const changed = rows.find(({ action }) => action === 'account.email-changed.v1');
    expect(changed).toMatchObject({
      requester: { actor: { kind: 'account', accountId: account.id }, ip: null, userAgent: null, device: null },
      details: { emailVerified: true, credentialVersion: 2 },
    });
    expect(rows.at(-1)?.requester).toMatchObject({ actor: { kind: 'service', name: 'test' }, ip: '127.0.0.1' });
  });

  it('is each of its events in the feed, with empty addresses', async () => {
    const account = await aLivedInAccount();
    await remove(account);
    await api.drain();
    const { body } = await api.internal.get('/internal/v1/events?limit=500', service);
    const events = (body.events as { name: string; data: Record<string, unknown> }[]).filter(
      ({ data }) => data.accountId === account.id,
    );
    expect(events.map(({ name }) => name)).toEqual([
      'account.created.v1',
      'account.email-change-requested.v1',
      'account.email-changed.v1',
      'account.password-reset-requested.v1',
      'account.email-change-requested.v1',
      'account.deleted.v1',
    ]);
    const addresses = events.flatMap(({ data }) => [data.email, data.oldEmail, data.newEmail]);
    expect(new Set(addresses)).toEqual(new Set(['', undefined]));
  });

  it('takes nothing from the others of one import', async () => {
    const emails = [newEmail(), newEmail(), newEmail()];
    const { lines } = await importAccounts(api, service, ndjson(emails.map((email) => ({ email }))));
    await api.internal.delete(`${ACCOUNTS}/${lines[1]?.id}`, service);
    await api.drain();
    expect(await traces([String(emails[1])])).toEqual([]);
    for (const email of [emails[0], emails[2]]) {
      expect(await traces([String(email)])).toEqual(['account', 'email_claim', 'outbox_message']);
    }
  });

  it('takes nothing from somebody else who has the address next', async () => {
    const account = await anAccount(api, { email: newEmail() });
    await remove(account);
    const next = await anAccount(api, { email: account.email });
    await api.drain();
    expect(await traces([account.email])).toEqual(['account', 'email_claim', 'outbox_message']);
    expect((await api.internal.get(`${ACCOUNTS}/${next.id}`, service)).body.email).toBe(account.email);
  });

  it('waits for every alert that is on its way, also one of an earlier change', async () => {
    const account = await anAccount(api, { email: newEmail() });
    await api.internal.post(`${ACCOUNTS}/${account.id}/require-password-change`, undefined, service);
    // As if the mail server had refused it for a while.
    await api.dataSource.query(
      `UPDATE outbox_delivery SET available_at = now() + interval '10 minutes' WHERE target = $1`,
      [account.email],
    );
    await remove(account);
    expect(await api.mailsTo(account.email)).toHaveLength(1);
    expect(await traces([account.email])).not.toEqual([]);

    await api.age('11 minutes');
    expect((await api.mailsTo(account.email)).map(({ subject }) => subject)).toContain('You must set a new password');
    await api.age('1 hour');
    await api.drain();
    expect(await traces([account.email])).toEqual([]);
  });

  it('does not hold a farewell that could not be delivered for good', async () => {
    const account = await anAccount(api, { email: newEmail() });
    await remove(account);
    await api.dataSource.query(
      `UPDATE outbox_delivery SET status = 'parked', sealed = NULL, finished_at = now() WHERE target = $1`,
      [account.email],
    );
    const [parked] = (await api.internal.get('/internal/v1/outbox', service)).body.deliveries as { id: string }[];
    await api.drain();
    expect(await traces([account.email])).toEqual([]);
    const retry = await api.internal.post(`/internal/v1/outbox/${parked?.id}/retry`, undefined, service);
    expectProblem(retry, 404, 'delivery.not-found');
  });
});
