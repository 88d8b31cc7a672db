import { ParkedDeliveries } from '@app/platform';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, OTHER_GOOD_PASSWORD, TEST_REQUESTER, type TestAccount } from '../support/factories';
import { tokenTo } from './native-driver';
import { address, put, sessionOf, undo, UNDO_PAGE } from './undo-driver';

describe('the link of an alert that was parked and is retried by hand', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await bootApi();
  });
  afterAll(() => api.close());

  const update = async (account: TestAccount, body: { eml?: string; pwd?: string }) =>
    api.http.put('/api/user/v1/update', body, { 'X-Access-Token': await sessionOf(api, account) });

  /** As if no mail server had accepted it. Resolves with its delivery. */
  async function park(mailbox: string): Promise<string> {
    const [[{ id }]] = await api.dataSource.query(
      `UPDATE outbox_delivery SET status = 'parked', finished_at = now(), sealed = NULL
       WHERE target = $1 AND status = 'due' RETURNING id`,
      [mailbox],
    );
    return id;
  }

  async function retry(deliveryId: string): Promise<void> {
    await api.app.get(ParkedDeliveries).retry(deliveryId, TEST_REQUESTER);
    await api.drain();
  }

  it('[S-64] is that of its own change: the one of a later change stays as it was mailed', async () => {
    const owner = await anAccount(api);
    const thief = { ...owner, email: address('thief') };
    await update(owner, { eml: thief.email });
    const parked = await park(owner.email);
    const back = await put(api, thief, owner.email);
    await put(api, back, address('thief-2'));
    const later = await tokenTo(api, owner.email, UNDO_PAGE);

    await retry(parked);
    const renewed = await tokenTo(api, owner.email, UNDO_PAGE);
    expect(renewed).not.toBe(later);
    for (const token of [renewed, later]) expect((await api.http.get(`${UNDO_PAGE}/${token}`)).status).toBe(200);
    expect((await undo(api, later)).status).toBe(200);
  });

  it('[S-64] "this was not me" goes to the mailbox of the account alone, not to one that it has just left', async () => {
    const owner = await anAccount(api);
    const thief = await put(api, owner, address('thief'));
    await update(thief, { eml: owner.email, pwd: OTHER_GOOD_PASSWORD });
    const parked = await park(thief.email);
    const owners = await tokenTo(api, owner.email, '/not-me');

    await retry(parked);
    const mails = await api.mailsTo(thief.email);
    expect(mails.length).toBeGreaterThan(1);
    for (const { text } of mails) expect(text).not.toContain('/not-me/');
    expect((await api.http.get(`/not-me/${owners}`)).status).toBe(200);
  });

  it('[S-64] "this was not me" is a new one while its days last, and the lost one is dead', async () => {
    const owner = await anAccount(api);
    await update(owner, { pwd: OTHER_GOOD_PASSWORD });
    const [first] = await api.dataSource.query('SELECT token_hash FROM not_me_token WHERE account_id = $1', [owner.id]);
    const parked = await park(owner.email);
    await retry(parked);
    const token = await tokenTo(api, owner.email, '/not-me');
    expect((await api.http.get(`/not-me/${token}`)).status).toBe(200);
    const [now, ...others] = await api.dataSource.query('SELECT token_hash FROM not_me_token WHERE account_id = $1', [
      owner.id,
    ]);
    expect([now.token_hash.equals(first.token_hash), others]).toEqual([false, []]);

    const late = await anAccount(api);
    await update(late, { pwd: OTHER_GOOD_PASSWORD });
    const parkedLate = await park(late.email);
    await api.age('7 days 1 second');
    await retry(parkedLate);
    const [mail] = await api.mailsTo(late.email);
    expect(mail?.subject).toBe('Your password was changed');
    expect(mail?.text).not.toContain('/not-me/');
  });
});
