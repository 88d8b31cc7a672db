import { randomUUID } from 'node:crypto';
import { ManageAccount } from '@app/account';
import { GuessBudget, type Tx, UnitOfWork } from '@app/platform';
import { AccountRepository, upgradeOfHash } from '../../libs/account/src/account.repository';
import { bootApi, type TestApi } from '../support/boot-api';
import { anAccount, TEST_REQUESTER } from '../support/factories';

describe('a write of credentials', () => {
  let api: TestApi;
  let accounts: AccountRepository;
  beforeAll(async () => {
    api = await bootApi();
    accounts = api.app.get(AccountRepository, { strict: false });
  });
  afterAll(() => api.close());

  const run = <T>(work: (tx: Tx) => Promise<T>) => api.app.get(UnitOfWork).run(TEST_REQUESTER, work);
  const anAccountSeen = async () => accounts.getWithHash((await anAccount(api)).id);
  const remove = (id: string) => api.app.get(ManageAccount).delete(id, TEST_REQUESTER);
  const refusal = (code: string) => expect.objectContaining({ code }) as Error;

  it('[S-38] [R1] replaces only what was seen: whoever comes second with an old view changes nothing', async () => {
    const seen = await anAccountSeen();
    const write = (locale: 'en' | 'zh') => run((tx) => accounts.swap(tx, seen, { locale }));
    const { result } = await write('zh');
    await expect(write('en')).rejects.toMatchObject({ code: 'account.changed-meanwhile' });
    const now = await accounts.getWithHash(seen.id);
    expect(now).toMatchObject({ locale: 'zh', credentialVersion: seen.credentialVersion + 1 });
    expect(result).toMatchObject({ locale: 'zh', credentialVersion: seen.credentialVersion + 1, email: seen.email });
  });

  it('[S-38] is none of an account that was deleted', async () => {
    const seen = await anAccountSeen();
    await remove(seen.id);
    await expect(run((tx) => accounts.swap(tx, seen, { locale: 'zh' }))).rejects.toThrow(
      refusal('account.changed-meanwhile'),
    );
  });

  it('is refused for the address of another account, and leaves this one as it was', async () => {
    const [seen, other] = [await anAccountSeen(), await anAccountSeen()];
    const swapped = run((tx) => accounts.swap(tx, seen, { email: other.email }));
    await expect(swapped).rejects.toThrow(refusal('email.unavailable'));
    expect(await accounts.getWithHash(seen.id)).toEqual(seen);
  });

  it('fails as the database fails, where that is about no address', async () => {
    const seen = await anAccountSeen();
    const swapped = run((tx) => accounts.swap(tx, seen, { plan: () => 'no_such_column' }));
    await expect(swapped).rejects.toThrow('no_such_column');
  });

  it('holds only an account that is as it was seen, and is there', async () => {
    const seen = await anAccountSeen();
    const require = () => run((tx) => accounts.requireUnchanged(tx, seen));
    await expect(require()).resolves.toBeDefined();
    await run((tx) => accounts.swap(tx, seen, { locale: 'zh' }));
    await expect(require()).rejects.toThrow(refusal('account.changed-meanwhile'));
  });

  it('finds and holds nobody who was deleted or never was', async () => {
    const { id, email, passwordHash } = await anAccountSeen();
    expect(passwordHash).toMatch(/^p1:/);
    expect((await run((tx) => accounts.hold(tx, id))).result).toMatchObject({ id, email });
    await remove(id);
    for (const gone of [id, randomUUID()]) {
      expect((await run((tx) => accounts.hold(tx, gone))).result).toBeNull();
      expect(await accounts.find(gone)).toBeNull();
      await expect(accounts.getWithHash(gone)).rejects.toThrow(refusal('account.gone'));
    }
    expect(await accounts.findByEmail(email)).toBeNull();
  });

  it('knows accounts by the addresses that they have', async () => {
    const [ada, bob] = [await anAccountSeen(), await anAccountSeen()];
    const found = await accounts.idsByEmail([ada.email, 'nobody@example.com', bob.email]);
    expect(found).toEqual(new Map([ada, bob].map(({ id, email }) => [email, id])));
    expect(await accounts.idsByEmail([])).toEqual(new Map());
    expect((await accounts.findByEmail(ada.email))?.id).toBe(ada.id);
  });

  it('[S-12] puts a better hash only in the place of the one that was proved', async () => {
    const { id, passwordHash } = await anAccountSeen();
    const budgets = api.app.get(GuessBudget);
    await budgets.settle({}, upgradeOfHash(id, String(passwordHash), 'p1:better'));
    await budgets.settle({}, upgradeOfHash(id, String(passwordHash), 'p1:late'));
    expect(await accounts.getWithHash(id)).toMatchObject({ passwordHash: 'p1:better', credentialVersion: 1 });
  });

  it('marks only the one account as proved', async () => {
    const unproved = async () => (await anAccount(api, { emailVerified: false })).id;
    const [ada, bob] = [await unproved(), await unproved()];
    await run((tx) => accounts.markVerified(tx, ada));
    expect((await accounts.getWithHash(ada)).emailVerified).toBe(true);
    expect((await accounts.getWithHash(bob)).emailVerified).toBe(false);
  });
});
