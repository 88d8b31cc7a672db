import { UnitOfWork } from '@app/platform';
import { AccountRepository } from '../../libs/account/src/account.repository';
import { EmailClaims } from '../../libs/account/src/email-claims';
import { EmailUndos } from '../../libs/account/src/email-undos';
import { address, put, undoFrom } from '../e2e/undo-driver';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';

describe('the links that undo a change of address', () => {
  let api: TestApi;
  let undos: EmailUndos;
  let claims: EmailClaims;
  beforeAll(async () => {
    api = await bootApi({ codeResendSeconds: 0 });
    undos = api.app.get(EmailUndos, { strict: false });
    claims = api.app.get(EmailClaims, { strict: false });
  });
  afterAll(() => api.close());

  const seenOf = (id: string) => api.app.get(AccountRepository, { strict: false }).getWithHash(id);
  const set = (id: string, columns: string) =>
    api.dataSource.query(`UPDATE account SET ${columns} WHERE id = $1`, [id]);
  const run = <T>(work: (tx: Parameters<EmailUndos['leave']>[0]) => Promise<T>) =>
    api.app.get(UnitOfWork).run(TEST_REQUESTER, work);

  /** An account that has left each of these addresses, proved, for the next, and a link for each. */
  async function aMover() {
    const account = await anAccount(api);
    const addresses = [account.email, ...['b', 'c', 'd'].map(address)] as [string, string, string, string];
    for (const email of addresses.slice(1)) {
      await put(api, { ...account, email: (await seenOf(account.id)).email }, email);
      await set(account.id, 'email_verified = true');
    }
    return { id: account.id, addresses };
  }
  const leave = async (id: string, email: string, proved: boolean) => {
    const seen = await seenOf(id);
    const { result } = await run((tx) => undos.leave(tx, seen, email, proved));
    const emailsOf = (mailboxes: typeof result.earlier) => mailboxes.map(({ email }) => email).sort();
    return { ...result, ended: emailsOf(result.ended), earlier: emailsOf(result.earlier) };
  };

  it('[S-63] [S-64] of other mailboxes go on, neither of the one that is left nor of the one that it moves to', async () => {
    const { id, addresses } = await aMover();
    const [a, b, c, d] = addresses;
    expect(await leave(id, address('e'), true)).toMatchObject({ ended: [], earlier: [a, b, c].sort() });
    // Now the address that is left has one, too, and so has the one that it moves to.
    expect(await leave(id, b, false)).toMatchObject({ ended: [], earlier: [a, c].sort() });
    const seen = await seenOf(id);
    expect(seen.email).toBe(d);
  });

  it('[S-63] [S-64] of newer mailboxes end when an older one has spoken, and are not told as going on', async () => {
    const { id, addresses } = await aMover();
    const [a, b, c] = addresses;
    expect(await leave(id, b, true)).toEqual({ undo: null, ended: [c], earlier: [a] });
  });

  it.each([
    ['proved', true, 'email_verified = true'],
    ['unproved while another can take the account back', false, 'email_verified = false'],
    ['proved, of an account that is shut', false, 'email_verified = true, disabled = true'],
  ])('[L-7] let a reset go to an address that is %s: %p', async (_, may, columns) => {
    const { id } = await aMover();
    await set(id, columns);
    expect(await undos.mayRecover(await seenOf(id))).toBe(may);
  });

  it('[L-7] let a reset go to an unproved address that nobody else can take back', async () => {
    const { id } = await anAccount(api, { emailVerified: false });
    expect(await undos.mayRecover(await seenOf(id))).toBe(true);
  });

  it('[S-64] are given to an address that nobody proved, when no older mailbox has one', async () => {
    const { id, email } = await anAccount(api, { emailVerified: false });
    const { undo } = await leave(id, address('b'), false);
    expect(await undos.find(String(undo?.token))).toMatchObject({ accountId: id, restoresEmail: email });
  });

  it('[S-64] are renewed for the change that they are about alone', async () => {
    const account = await anAccount(api);
    await put(api, account, address('b'));
    const [{ at }] = await api.dataSource.query('SELECT created_at AS at FROM undo_token WHERE account_id = $1', [
      account.id,
    ]);
    const renew = async (time: Date) => {
      const link = { accountId: account.id, restoresEmail: account.email, at: time };
      return (await run((tx) => undos.renew(tx, link))).result;
    };
    expect(await renew(new Date(at.getTime() - 1))).toBeNull();
    const token = await renew(at);
    expect(await undos.find(String(token))).toMatchObject({ accountId: account.id, restoresEmail: account.email });
  });

  it('[S-64] say which address was replaced, also when the account has come back by itself', async () => {
    const account = await anAccount(api);
    const thief = await put(api, account, address('thief'));
    const back = await put(api, thief, account.email);
    expect((await undoFrom(api, back.email)).status).toBe(200);
    const other = await anAccount(api);
    const last = await put(api, await put(api, other, address('thief')), address('thief-2'));
    expect((await undoFrom(api, other.email)).status).toBe(200);
    const said = await api.dataSource.query(
      `SELECT event #>> '{data,replacedEmail}' AS email FROM outbox_message, jsonb_array_elements(events) event
       WHERE event ->> 'name' = 'account.email-change-undone.v1' AND event #>> '{data,accountId}' = ANY($1)
       ORDER BY recorded_at`,
      [[account.id, other.id]],
    );
    expect(said).toEqual([{ email: thief.email }, { email: last.email }]);
  });

  it('[S-65] keep addresses that are for everybody once they are released', async () => {
    const { id, addresses } = await aMover();
    const [a] = addresses;
    const { id: friend } = await anAccount(api);
    expect(await claims.isUnavailable(a, friend)).toBe(true);
    await run((tx) => claims.release(tx, id));
    expect(await claims.isUnavailable(a, friend)).toBe(false);
  });
});
