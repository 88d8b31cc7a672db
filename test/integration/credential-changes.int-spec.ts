import { ChangePassword, ManageAccount, nativePolicy } from '@app/account';
import { type Tx, UnitOfWork } from '@app/platform';
import type { LiveAccount } from '../../libs/account/src/account.entity';
import { AccountRepository } from '../../libs/account/src/account.repository';
import { CredentialChanges, type NewPasswordSwap } from '../../libs/account/src/credential-changes';
import { bootApi, type TestApi } from '../support/boot-api';
import { aSession, anAccount, OTHER_GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';
import { pathIn } from '../support/mailed';

describe('a change of credentials', () => {
  let api: TestApi;
  let accounts: AccountRepository;
  let changes: CredentialChanges;
  beforeAll(async () => {
    api = await bootApi();
    accounts = api.app.get(AccountRepository, { strict: false });
    changes = api.app.get(CredentialChanges, { strict: false });
  });
  afterAll(() => api.close());

  const aSeen = async (wishes = {}) => accounts.getWithHash((await anAccount(api, wishes)).id);
  const run = (work: (tx: Tx) => Promise<unknown>) => api.app.get(UnitOfWork).run(TEST_REQUESTER, work);
  const set = (id: string, columns: string) =>
    api.dataSource.query(`UPDATE account SET ${columns} WHERE id = $1`, [id]);
  const count = async (table: string, accountId: string) =>
    (await api.dataSource.query(`SELECT 1 FROM ${table} WHERE account_id = $1`, [accountId])).length as number;
  /** What the newest change said of itself. */
  const said = async (accountId: string) => {
    const [row] = await api.dataSource.query(
      `SELECT events->0->'data' AS data FROM outbox_message WHERE events->0->'data'->>'accountId' = $1
       ORDER BY recorded_at DESC LIMIT 1`,
      [accountId],
    );
    return row.data;
  };
  const swapPassword = async (seen: LiveAccount, wishes: Partial<NewPasswordSwap> = {}) => {
    const password = { hash: 'p1:new', isCommon: false };
    const swap: NewPasswordSwap = { password, by: 'change', keepSessionId: null, ...wishes };
    await run((tx) => changes.swapPassword(tx, seen, swap));
    return accounts.getWithHash(seen.id);
  };
  const swapEmail = async (seen: LiveAccount, email: string, emailVerified: boolean) => {
    await run((tx) => changes.swapEmail(tx, seen, { email, emailVerified, keepSessionId: null }));
    return accounts.getWithHash(seen.id);
  };

  describe('of the password', () => {
    it('stores it, with its time, one version on, and wants no other any more', async () => {
      const { id } = await aSeen();
      await set(id, `password_change_required = true, password_changed_at = '2020-01-01'`);
      const now = await swapPassword(await accounts.getWithHash(id));
      expect(now).toMatchObject({ passwordHash: 'p1:new', passwordChangeRequired: false, credentialVersion: 2 });
      expect(now.passwordChangedAt?.getFullYear()).toBeGreaterThan(2020);
    });

    it('[S-64] ends what an undo waits for only when the mailbox has spoken', async () => {
      for (const [by, stillRequired] of [
        ['change', true],
        ['reset', false],
        ['code', false],
      ] as const) {
        const { id } = await aSeen();
        await set(id, 'password_reset_required = true');
        expect((await swapPassword(await accounts.getWithHash(id), { by })).passwordResetRequired).toBe(stillRequired);
      }
    });

    it('says whom it tells, how it came about, and until when "this was not me" works', async () => {
      const seen = await aSeen();
      const left = { address: 'left@example.com', locale: 'en', role: 'old' } as const;
      const password = { hash: 'p1:new', isCommon: true, breachLookup: 'clear' } as const;
      await swapPassword(seen, { password, alsoTell: [left] });
      expect(await said(seen.id)).toEqual({
        accountId: seen.id,
        credentialVersion: 2,
        recipients: [{ address: seen.email, locale: 'en', role: 'current' }, left],
        by: 'change',
        keepSessionId: null,
        commonPassword: true,
        breachLookup: 'clear',
        apiKeysAlive: 0,
        notMeUntil: expect.any(String) as string,
      });
      expect(pathIn((await api.mailsTo(seen.email))[0], 'not-me')).toMatch(/./);
      const other = await aSeen();
      await swapPassword(other);
      const plain = await said(other.id);
      expect(plain).toMatchObject({ recipients: [{ address: other.email }], commonPassword: false });
      expect(plain).not.toHaveProperty('breachLookup');
    });

    it('[S-64] gives no "not me" to an unproved address beside one that can be restored', async () => {
      const seen = await aSeen();
      const moved = await swapEmail(seen, `moved-${seen.email}`, false);
      await swapPassword(moved);
      expect((await said(seen.id)).notMeUntil).toBeNull();
      expect(await count('not_me_token', seen.id)).toBe(0);
    });
  });

  describe('of the address', () => {
    it('[S-63] tells both mailboxes, and until when the old one can undo it', async () => {
      const seen = await aSeen();
      const email = `new-${seen.email}`;
      expect(await swapEmail(seen, email, true)).toMatchObject({ email, emailVerified: true, credentialVersion: 2 });
      expect(await said(seen.id)).toEqual({
        accountId: seen.id,
        credentialVersion: 2,
        recipients: [
          { address: seen.email, locale: 'en', role: 'old' },
          { address: email, locale: 'en', role: 'new' },
        ],
        oldEmail: seen.email,
        newEmail: email,
        emailVerified: true,
        keepSessionId: null,
        undoUntil: expect.any(String) as string,
        apiKeysAlive: 0,
      });
      expect(pathIn((await api.mailsTo(seen.email))[0], 'email-change/undo')).toMatch(/./);
    });

    it('[S-64] has no undo from an address that nobody proved while an older one has one', async () => {
      const seen = await aSeen();
      const moved = await swapEmail(seen, `one-${seen.email}`, false);
      await swapEmail(moved, `two-${seen.email}`, false);
      const { undoUntil, recipients } = await said(seen.id);
      expect(undoUntil).toBeNull();
      expect(recipients).toContainEqual({ address: seen.email, locale: 'en', role: 'earlier' });
    });
  });

  describe('ends, or not, the links "this was not me"', () => {
    const ends: [string, boolean, (id: string) => Promise<unknown>][] = [
      ['another password', false, async (id) => swapPassword(await accounts.getWithHash(id))],
      ['a reset', true, async (id) => swapPassword(await accounts.getWithHash(id), { by: 'reset' })],
      ['a new address', true, async (id) => swapEmail(await accounts.getWithHash(id), `to-${id}@example.com`, true)],
      [
        'a demand for another password',
        false,
        (id) => api.app.get(ManageAccount).requirePasswordChange(id, TEST_REQUESTER),
      ],
      ['a shut account', false, (id) => api.app.get(ManageAccount).patch(id, { disabled: true }, TEST_REQUESTER)],
      ['a deleted account', true, (id) => api.app.get(ManageAccount).delete(id, TEST_REQUESTER)],
    ];

    it.each(ends)('by %s: %p', async (_by, areEnded, happen) => {
      const { id } = await swapPassword(await aSeen());
      const links = 'SELECT token_hash FROM not_me_token WHERE account_id = $1';
      const [link, ...others] = await api.dataSource.query(links, [id]);
      expect(others).toEqual([]);
      await happen(id);
      const left = await api.dataSource.query(links, [id]);
      expect(left.some((each: typeof link) => each.token_hash.equals(link.token_hash))).toBe(!areEnded);
    });
  });

  it('[S-62] ends what others have pending on an address that was proved, not what they have on another', async () => {
    const [ada, bob, eve] = [await aSeen(), await aSeen(), await aSeen()];
    const wanted = `wanted-${ada.email}`;
    const pend = (id: string, email: string) =>
      api.dataSource.query(
        `INSERT INTO pending_email_change (account_id, id, new_email, credential_version, cancel_token_hash, expires_at, resend_after)
         VALUES ($1, gen_random_uuid(), $2, 1, sha256(gen_random_uuid()::text::bytea), now() + interval '1 hour', now())`,
        [id, email],
      );
    await pend(bob.id, wanted);
    await pend(eve.id, `other-${wanted}`);
    await swapPassword(ada);
    expect(await count('pending_email_change', bob.id)).toBe(1);
    await swapEmail(await accounts.getWithHash(ada.id), wanted, true);
    expect([await count('pending_email_change', bob.id), await count('pending_email_change', eve.id)]).toEqual([0, 1]);
  });

  it('[S-62] ends the codes of strangers to an address that is told, not those to another', async () => {
    const seen = await aSeen();
    const emails = [seen.email, `other-${seen.email}`];
    for (const email of emails) {
      await api.dataSource.query(
        `INSERT INTO mailed_code (id, purpose, email, code_hmac, expires_at)
         VALUES (gen_random_uuid(), 'email-change', $1, sha256('code'), now() + interval '1 hour')`,
        [email],
      );
    }
    await swapPassword(seen);
    const left = await api.dataSource.query(
      'SELECT email FROM mailed_code WHERE ended_at IS NULL AND email = ANY($1)',
      [emails],
    );
    expect(left).toEqual([{ email: emails[1] }]);
  });

  describe('by the current password', () => {
    const change = (accountId: string, currentPassword: string | undefined, rule: 'always' | 'if-set') =>
      api.app
        .get(ChangePassword)
        .execute(
          { accountId, currentPassword, newPassword: OTHER_GOOD_PASSWORD, keepSessionId: null },
          { password: nativePolicy(api.settings), currentPassword: rule },
          TEST_REQUESTER,
        );
    const refused = expect.objectContaining({ code: 'password.current-wrong' }) as Error;

    it('[S-32] wants it wherever there is one', async () => {
      const { id } = await anAccount(api);
      for (const rule of ['always', 'if-set'] as const) {
        await expect(change(id, undefined, rule)).rejects.toThrow(refused);
        await expect(change(id, 'wrong', rule)).rejects.toThrow(refused);
      }
    });

    it('lets a first password be set only where the surface does', async () => {
      const { id } = await anAccount(api);
      await set(id, 'password_hash = NULL');
      await expect(change(id, undefined, 'always')).rejects.toThrow(refused);
      await expect(change(id, 'wrong', 'always')).rejects.toThrow(refused);
      expect(await change(id, undefined, 'if-set')).toMatchObject({ sessionsEnded: 0, keptSessionId: null });
    });

    it('answers how many sessions ended, which goes on, and since when the password stands', async () => {
      const account = await anAccount(api);
      const [{ sessionId }] = [await aSession(api, account), await aSession(api, account)];
      const outcome = await api.app.get(ChangePassword).execute(
        {
          accountId: account.id,
          currentPassword: account.password,
          newPassword: OTHER_GOOD_PASSWORD,
          keepSessionId: sessionId,
        },
        { password: nativePolicy(api.settings), currentPassword: 'always' },
        TEST_REQUESTER,
      );
      expect(outcome).toEqual({
        passwordChangedAt: (await accounts.getWithHash(account.id)).passwordChangedAt,
        sessionsEnded: 1,
        keptSessionId: expect.any(String) as string,
      });
    });
  });
});
