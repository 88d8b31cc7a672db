import { randomUUID } from 'node:crypto';
import { AuditLog, GuessBudget, PasswordHasher, Settings } from '@app/platform';
import type { LiveAccount } from '../../libs/account/src/account.entity';
import { EmailUndos } from '../../libs/account/src/email-undos';
import { PasswordProof } from '../../libs/account/src/password-proof';
import { PasswordTries } from '../../libs/account/src/password-tries';
import { RightPassword } from '../../libs/account/src/right-password';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { GOOD_PASSWORD, OTHER_GOOD_PASSWORD, TEST_REQUESTER } from '../support/factories';

/** More than any other test here fails with. */
const SOURCE_TRIES = 25;

describe('the proof of a password', () => {
  let platform: TestPlatform;
  let proof: PasswordProof;
  let passwordHash: string;
  beforeAll(async () => {
    platform = await bootPlatform([]);
    const { module } = platform;
    const settings = new Settings({ ...module.get(Settings), accountFailures: 5, sourceFailures: SOURCE_TRIES });
    const [budgets, hasher] = [module.get(GuessBudget), module.get(PasswordHasher)];
    const audit = module.get(AuditLog);
    const undos = new EmailUndos(platform.dataSource, settings);
    const right = new RightPassword(budgets, settings);
    proof = new PasswordProof(budgets, new PasswordTries(budgets, audit), hasher, audit, right, undos, settings);
    passwordHash = await module.get(PasswordHasher).hash(GOOD_PASSWORD);
  });
  afterAll(() => platform.close());
  beforeEach(() => platform.empty());

  const anybody = (changes: Partial<LiveAccount> = {}) =>
    ({ id: randomUUID(), passwordHash, ...changes }) as LiveAccount;
  const show = (account: LiveAccount, password: string) => proof.require(account, password, TEST_REQUESTER);
  const fail = async (account: LiveAccount, times: number) => {
    for (let n = 0; n < times; n++) {
      await expect(show(account, OTHER_GOOD_PASSWORD)).rejects.toMatchObject({ code: 'password.current-wrong' });
    }
  };
  const notes = () => platform.dataSource.query('SELECT action, account_id FROM audit_event');

  it('is the right password, and leaves no trace', async () => {
    await expect(show(anybody(), GOOD_PASSWORD)).resolves.toBeUndefined();
    expect(await notes()).toEqual([]);
  });

  it('[S-43] a wrong one is refused, and stands in the log of its account', async () => {
    const account = anybody();
    await fail(account, 1);
    expect(await notes()).toEqual([{ action: 'password.current-wrong', account_id: account.id }]);
  });

  it('is none for an account without a password', async () => {
    await fail(anybody({ passwordHash: null }), 1);
  });

  it('[S-43] after five wrong ones not even the right one is judged, and it says until when', async () => {
    const account = anybody();
    await fail(account, 5);
    await expect(show(account, GOOD_PASSWORD)).rejects.toMatchObject({
      code: 'password.too-many-tries',
      details: { retryAfterSeconds: expect.any(Number) as number },
    });
    expect(await notes()).toContainEqual({ action: 'password.current-refused', account_id: account.id });
    expect(await notes()).toHaveLength(6);
    await expect(show(anybody(), GOOD_PASSWORD)).resolves.toBeUndefined();
  });

  it('[S-24] [S-132] wrong ones for many accounts close the network address, and its refusal stands in the log', async () => {
    for (let n = 0; n < SOURCE_TRIES; n++) await show(anybody(), GOOD_PASSWORD);
    for (let n = 0; n < SOURCE_TRIES; n++) await fail(anybody(), 1);
    const account = anybody();
    // Once more than the account has tries: what the address is refused costs the account none.
    for (let n = 0; n < 6; n++) {
      await expect(show(account, GOOD_PASSWORD)).rejects.toMatchObject({
        code: 'request.too-many',
        details: { retryAfterSeconds: expect.any(Number) as number },
      });
    }
    expect(await notes()).toContainEqual({ action: 'password.current-refused', account_id: account.id });
    const elsewhere = { ...TEST_REQUESTER, ip: '192.0.2.7' };
    await expect(proof.require(account, GOOD_PASSWORD, elsewhere)).resolves.toBeUndefined();
  });

  it('[S-24] tries at an account that is closed go on counting for the network address', async () => {
    const account = anybody();
    await fail(account, 5);
    for (let n = 5; n < SOURCE_TRIES; n++) {
      await expect(show(account, GOOD_PASSWORD)).rejects.toMatchObject({ code: 'password.too-many-tries' });
    }
    await expect(show(anybody(), GOOD_PASSWORD)).rejects.toMatchObject({ code: 'request.too-many' });
  });

  it('a right one, or a reset, forgets the wrong ones', async () => {
    const account = anybody();
    for (let n = 0; n < 3; n++) {
      await fail(account, 4);
      await show(account, GOOD_PASSWORD);
    }
    await fail(account, 5);
    await proof.forgive(account.id);
    await fail(account, 5);
  });
});
