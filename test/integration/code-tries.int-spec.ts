import { randomUUID } from 'node:crypto';
import type { CodePurpose } from '@app/contracts';
import { AuditLog, GuessBudget, Purger, SecretKeys, Settings } from '@app/platform';
import { CodeTries } from '../../libs/account/src/code-tries';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { TEST_REQUESTER } from '../support/factories';

const A_WINDOW = '601 seconds';
const SOURCE_TRIES = 7;

interface Try {
  accountId: string | null;
  /** Whose address is guessed at by nobody who is signed in. */
  addressOf?: string;
  email?: string;
  purpose?: CodePurpose;
  ip?: string | null;
}

describe('the tries of mailed codes', () => {
  let platform: TestPlatform;
  let tries: CodeTries;
  const triesWith = (sourceFailures: number) => {
    const { module } = platform;
    const settings = new Settings({ ...module.get(Settings), codeTries: 5, codeSeconds: 600, sourceFailures });
    return new CodeTries(module.get(GuessBudget), module.get(AuditLog), module.get(SecretKeys), settings);
  };
  beforeAll(async () => {
    platform = await bootPlatform([]);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    tries = triesWith(SOURCE_TRIES);
    await platform.empty();
  });

  const argumentsOf = ({
    accountId,
    addressOf,
    email = 'target@example.com',
    purpose = 'email-change',
    ip = '192.0.2.1',
  }: Try) => {
    const binding = { purpose, email, accountId: null, applicationId: null };
    return [
      {
        binding,
        code: '123456',
        triedBy: accountId ? { accountId } : { accountId: null, addressOf: addressOf ?? null },
      },
      { ...TEST_REQUESTER, ip },
    ] as const;
  };
  /** The code of the refusal; undefined for a try that may be judged. */
  const take = async (each: Try): Promise<string | undefined> => {
    try {
      await tries.take(...argumentsOf(each));
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  const granted = async (each: Try, asked: number): Promise<number> => {
    let count = 0;
    for (let n = 0; n < asked; n++) if ((await take(each)) === undefined) count++;
    return count;
  };
  /** How many are granted in so many windows, whatever the pauses; each by another process. */
  const grantedInWindows = async (windows: number, tryOf: (window: number) => Try): Promise<number> => {
    let count = 0;
    for (let n = 0; n < windows; n++) {
      tries = triesWith(0);
      count += await granted(tryOf(n), 6);
      await platform.age('2 days');
    }
    return count;
  };
  const beRight = async (each: Try): Promise<void> => {
    expect(await take(each)).toBeUndefined();
    await tries.forgive(...argumentsOf(each));
  };
  const [ada, bob] = [randomUUID(), randomUUID()];

  describe('by somebody who is signed in', () => {
    // What is shown of one budget must not come from another.
    beforeEach(() => void (tries = triesWith(0)));

    it('[S-50] are five, whichever the target, then no code is right', async () => {
      expect(await granted({ accountId: ada, email: 'one@example.com' }, 3)).toBe(3);
      expect(await granted({ accountId: ada, email: 'two@example.com' }, 3)).toBe(2);
      expect(await take({ accountId: ada })).toBe('code.invalid');
    });

    it('are each account’s own, and each purpose’s', async () => {
      await granted({ accountId: ada }, 5);
      expect(await granted({ accountId: bob }, 6)).toBe(5);
      expect(await granted({ accountId: ada, purpose: 'password-change' }, 6)).toBe(5);
    });

    it('[S-50] pause for longer each time they are used up', async () => {
      await granted({ accountId: ada }, 5);
      await platform.age(A_WINDOW);
      expect(await granted({ accountId: ada }, 6)).toBe(5);
      await platform.age(A_WINDOW);
      expect(await granted({ accountId: ada }, 1)).toBe(0);
    });

    it('[S-50] stop for good at a hundred in a row, whichever the targets', async () => {
      const tryOf = (n: number): Try => ({ accountId: ada, email: `${n}@example.com` });
      expect(await grantedInWindows(22, tryOf)).toBe(100);
      await platform.age('10 years');
      expect(await take({ accountId: ada })).toBe('code.invalid');
      expect(await granted({ accountId: bob }, 6)).toBe(5);
    });

    it('[S-23] [S-50] go on after a reset from the mailbox, with the pause as long as it was', async () => {
      await grantedInWindows(20, () => ({ accountId: ada, purpose: 'email-verification' }));
      await granted({ accountId: ada }, 5);
      await tries.reopen(ada);
      expect(await granted({ accountId: ada, purpose: 'email-verification' }, 6)).toBe(5);
      expect(await take({ accountId: ada })).toBe('code.invalid');
      await platform.age('23 hours');
      expect(await take({ accountId: ada, purpose: 'email-verification' })).toBe('code.invalid');
      await platform.age('2 hours');
      expect(await take({ accountId: ada, purpose: 'email-verification' })).toBeUndefined();
    });

    it('[S-24] are limited for each network address too, whoever guesses there, and cost it nothing when they were right', async () => {
      tries = triesWith(SOURCE_TRIES);
      for (let n = 0; n < SOURCE_TRIES; n++) await beRight({ accountId: randomUUID() });
      for (let n = 0; n < SOURCE_TRIES; n++) expect(await take({ accountId: randomUUID() })).toBeUndefined();
      expect(await take({ accountId: ada })).toBe('request.too-many');
      expect(await take({ accountId: null })).toBe('request.too-many');
      expect(await take({ accountId: ada, ip: '192.0.2.2' })).toBeUndefined();
    });

    it('[S-132] leave a row in the log of whoever is refused one', async () => {
      await granted({ accountId: ada }, 6);
      const rows = await platform.dataSource.query('SELECT action, account_id, requester FROM audit_event');
      const requester = { ...TEST_REQUESTER, ip: '192.0.2.1' };
      expect(rows).toEqual([{ action: 'code.refused', account_id: ada, requester }]);
    });

    it('start anew after a success', async () => {
      await granted({ accountId: ada }, 3);
      await beRight({ accountId: ada });
      expect(await granted({ accountId: ada }, 6)).toBe(5);
    });

    it('[S-51] are one past the ceiling of the target, for each', async () => {
      for (let n = 0; n < 5; n++) expect(await granted({ accountId: randomUUID() }, 5)).toBe(5);
      expect(await granted({ accountId: ada }, 3)).toBe(1);
      expect(await granted({ accountId: bob }, 3)).toBe(1);
      expect(await granted({ accountId: randomUUID(), email: 'other@example.com' }, 5)).toBe(5);
    });

    it('[S-51] do not reach the ceiling by one account alone, nor by who is right', async () => {
      await granted({ accountId: ada }, 40);
      for (let n = 0; n < 3; n++) await granted({ accountId: randomUUID() }, 5);
      for (let n = 0; n < 5; n++) await beRight({ accountId: randomUUID() });
      expect(await granted({ accountId: bob }, 5)).toBe(5);
      expect(await granted({ accountId: randomUUID() }, 5)).toBe(1);
    });
  });

  it.each([
    ['an account', ada],
    ['nobody', null],
  ])('of %s are used up by no network address that is refused', async (_whose, accountId) => {
    for (let n = 0; n < SOURCE_TRIES; n++) await take({ accountId: null, email: `${n}@example.com` });
    expect(await granted({ accountId }, 5)).toBe(0);
    expect(await granted({ accountId, ip: '192.0.2.2' }, 5)).toBe(5);
  });

  describe('by nobody who is signed in', () => {
    const nobody: Try = { accountId: null };

    it('[S-50] are five a target, whoever guesses', async () => {
      expect(await granted({ ...nobody, ip: '192.0.2.1' }, 3)).toBe(3);
      expect(await granted({ ...nobody, ip: '192.0.2.2' }, 3)).toBe(2);
      expect(await take({ ...nobody, ip: '192.0.2.3' })).toBe('code.invalid');
    });

    it('come back after each window: a pause that grew would shut the owner out', async () => {
      for (let n = 0; n < 3; n++) {
        expect(await granted({ ...nobody, ip: `192.0.2.${n}` }, 6)).toBe(5);
        await platform.age(A_WINDOW);
      }
    });

    it('[S-50] stop for good at a hundred in a row at the address of an account, and the account’s own go on', async () => {
      const atAda: Try = { ...nobody, addressOf: ada };
      expect(await grantedInWindows(22, () => atAda)).toBe(100);
      await platform.module.get(Purger).purge();
      expect(await take(atAda)).toBe('code.invalid');
      expect(await take({ ...atAda, email: 'next@example.com' })).toBe('code.invalid');
      expect(await granted({ accountId: ada }, 6)).toBe(5);
      await tries.reopen(ada);
      expect(await granted(atAda, 6)).toBe(5);
    });

    it('are not remembered for ever at an address of nobody, so never stop for good', async () => {
      expect(await grantedInWindows(22, () => nobody)).toBe(110);
      await platform.module.get(Purger).purge();
      expect(await platform.dataSource.query('SELECT * FROM guess_budget')).toEqual([]);
    });

    it('are limited for each network address too, and say until when', async () => {
      for (let n = 0; n < SOURCE_TRIES; n++)
        expect(await take({ ...nobody, email: `${n}@example.com` })).toBeUndefined();
      await expect(tries.take(...argumentsOf({ ...nobody, email: 'next@example.com' }))).rejects.toMatchObject({
        code: 'request.too-many',
        details: { retryAfterSeconds: expect.any(Number) as number },
      });
      expect(await take({ ...nobody, email: 'next@example.com', ip: '192.0.2.2' })).toBeUndefined();
      await platform.age('901 seconds');
      expect(await take({ ...nobody, email: 'next@example.com' })).toBeUndefined();
    });

    it('[S-24] are limited for a whole IPv6 network, whichever of its addresses guesses', async () => {
      const from = (n: number): Try => ({ ...nobody, email: `${n}@example.com`, ip: `2001:db8:1:2::${n}` });
      for (let n = 0; n < SOURCE_TRIES; n++) expect(await take(from(n))).toBeUndefined();
      expect(await take(from(SOURCE_TRIES))).toBe('request.too-many');
      expect(await take({ ...from(0), ip: '2001:db8:1:3::1' })).toBeUndefined();
    });

    it('count together where no network address is known', async () => {
      for (let n = 0; n < SOURCE_TRIES; n++) await take({ ...nobody, email: `${n}@example.com`, ip: null });
      expect(await take({ ...nobody, email: 'next@example.com', ip: null })).toBe('request.too-many');
    });

    it('cost a network address nothing when they were right', async () => {
      for (let n = 0; n < 2 * SOURCE_TRIES; n++) {
        await beRight({ ...nobody, email: `${n}@example.com` });
      }
    });

    it('have no limit by network address where the operator wants none', async () => {
      const unlimited = triesWith(0);
      for (let n = 0; n < 2 * SOURCE_TRIES; n++) {
        await unlimited.take(...argumentsOf({ ...nobody, email: `${n}@example.com` }));
      }
    });

    it('do not count against who is signed in', async () => {
      for (let n = 0; n < 30; n++) await beRight({ ...nobody, ip: `192.0.2.${n}` });
      expect(await granted({ accountId: ada }, 5)).toBe(5);
    });
  });
});
