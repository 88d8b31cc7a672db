import { randomUUID } from 'node:crypto';
import { type Budget, type Given, type Grant, GuessBudget } from '@app/platform';
import { OutboxSignal } from '../../libs/platform/src/outbox/outbox-signal';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { databaseKind } from '../support/database';
import { TEST_REQUESTER } from '../support/factories';

const PASSWORD: Budget = { scope: 'password', key: 'ada', maxTries: 5, windowSeconds: 900, pauseGrows: true };
const SOURCE: Budget = { scope: 'source', key: '192.0.2.1', maxTries: 100, windowSeconds: 900 };
const NETWORK: Budget = { ...SOURCE, maxTries: 2, refusesAll: true };
const A_WINDOW = '901 seconds';

describe('a guess budget', () => {
  let platform: TestPlatform;
  let budgets: GuessBudget;

  beforeAll(async () => {
    platform = await bootPlatform([]);
    budgets = platform.module.get(GuessBudget);
  });
  afterAll(() => platform.close());
  beforeEach(() => platform.empty());

  const isGranted = async (budget: Budget): Promise<boolean> => (await budgets.take(budget)).spentScopes.length === 0;
  /** How many tries are granted until one is not. */
  const spend = async (budget: Budget): Promise<number> => {
    let granted = 0;
    while (await isGranted(budget)) granted++;
    return granted;
  };

  it('[S-20] grants exactly its tries to two hundred that ask at once', async () => {
    const asking = Array.from({ length: 200 }, () => isGranted(PASSWORD));
    const answers = await Promise.allSettled(asking);
    expect(answers.filter((answer) => answer.status === 'fulfilled' && answer.value)).toHaveLength(5);
    expect(await isGranted(PASSWORD)).toBe(false);
  });

  it('says which budget is spent, and when it opens again', async () => {
    await spend(PASSWORD);
    const { spentScopes, retryAfterSeconds } = await budgets.take(SOURCE, PASSWORD);
    expect(spentScopes).toEqual(['password']);
    expect(retryAfterSeconds).toBeGreaterThan(890);
    expect(retryAfterSeconds).toBeLessThanOrEqual(900);
  });

  it('belongs to one scope and key alone', async () => {
    await spend(PASSWORD);
    expect(await isGranted({ ...PASSWORD, key: 'bob' })).toBe(true);
    expect(await isGranted({ ...PASSWORD, scope: 'code' })).toBe(true);
  });

  it('takes of each that is left when another is spent', async () => {
    await spend(PASSWORD);
    for (let n = 0; n < 100; n++) await budgets.take(PASSWORD, SOURCE);
    expect((await budgets.take(SOURCE)).spentScopes).toEqual(['source']);
  });

  it('[S-24] takes nothing of the others while one is spent that refuses all, and moves no end of theirs', async () => {
    for (let n = 0; n < 4; n++) await budgets.take(PASSWORD);
    await platform.age('600 seconds');
    await spend(NETWORK);
    for (let n = 0; n < 9; n++) expect((await budgets.take(PASSWORD, NETWORK)).spentScopes).toEqual(['source']);
    await platform.age('301 seconds');
    expect(await spend(PASSWORD)).toBe(5);
  });

  // The embedded database has one session: there nothing happens at the same time.
  if (databaseKind === 'postgres') {
    it('[S-24] takes nothing of the others when a parallel try has the last of one that refuses all', async () => {
      await budgets.take(NETWORK);
      let late: Promise<Grant> | undefined;
      await platform.dataSource.transaction(async (last) => {
        await last.query(`UPDATE guess_budget SET tries = max_tries WHERE scope = 'source'`);
        late = budgets.take(PASSWORD, NETWORK);
        const blocked = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        while ((await platform.dataSource.query<unknown[]>(blocked)).length === 0);
      });
      expect((await late)?.spentScopes).toEqual(['source']);
      expect(await spend(PASSWORD)).toBe(5);
    });
  }

  it('is not taken from while it is spent, so asking on does not move its end', async () => {
    await spend(PASSWORD);
    await platform.age('600 seconds');
    const { retryAfterSeconds } = await budgets.take(PASSWORD);
    expect(retryAfterSeconds).toBeLessThanOrEqual(300);
  });

  it('opens again when its window is over', async () => {
    await spend(PASSWORD);
    await platform.age(A_WINDOW);
    expect(await spend(PASSWORD)).toBe(5);
  });

  it('pauses twice as long each time it was used up, up to a day', async () => {
    const pauses = [];
    for (let n = 0; n < 9; n++) {
      await spend(PASSWORD);
      const { retryAfterSeconds = 0 } = await budgets.take(PASSWORD);
      pauses.push(Math.round(retryAfterSeconds / 10) * 10);
      await platform.age(`${retryAfterSeconds + 1} seconds`);
    }
    expect(pauses).toEqual([900, 1800, 3600, 7200, 14_400, 28_800, 57_600, 86_400, 86_400]);
  });

  it('pauses as long as before each time when strangers could make it grow', async () => {
    const quota: Budget = { ...PASSWORD, pauseGrows: undefined };
    for (let n = 0; n < 3; n++) {
      expect(await spend(quota)).toBe(5);
      await platform.age(A_WINDOW);
    }
  });

  it('is not stricter after windows that were not used up', async () => {
    for (let n = 0; n < 3; n++) {
      await isGranted(PASSWORD);
      await platform.age(A_WINDOW);
    }
    await spend(PASSWORD);
    await platform.age(A_WINDOW);
    expect(await isGranted(PASSWORD)).toBe(true);
  });

  it('stops for good at its tries in a row, whatever time has passed, until it is cleared', async () => {
    const password = { ...PASSWORD, maxInARow: 12 };
    const granted = [];
    for (let n = 0; n < 4; n++) {
      granted.push(await spend(password));
      await platform.age('10 days');
    }
    expect(granted).toEqual([5, 5, 2, 0]);
    expect(await budgets.take(password)).toEqual({ spentScopes: ['password'], retryAfterSeconds: undefined });
    await spend(SOURCE);
    const both = await budgets.take(password, SOURCE);
    expect(both.retryAfterSeconds).toBeGreaterThan(890);
    await budgets.settle({ cleared: [password] });
    expect(await spend(password)).toBe(5);
  });

  it('goes on after its hard stop when its streak is ended, and not before its pause is over', async () => {
    const password = { ...PASSWORD, maxInARow: 5 };
    const other = { ...password, key: 'bob' };
    for (const each of [password, other]) await spend(each);
    await budgets.endStreaks([password]);
    expect((await budgets.take(password)).retryAfterSeconds).toBeGreaterThan(890);
    await platform.age(A_WINDOW);
    expect(await spend(password)).toBe(5);
    expect(await spend(other)).toBe(0);
  });

  it('starts anew when it is cleared: tries and pause', async () => {
    await spend(PASSWORD);
    await platform.age(A_WINDOW);
    await spend(PASSWORD);
    await budgets.settle({ cleared: [PASSWORD] });
    expect(await spend(PASSWORD)).toBe(5);
    expect((await budgets.take(PASSWORD)).retryAfterSeconds).toBeLessThanOrEqual(900);
  });

  describe('of which so many failures in a row are cleared', () => {
    const accountId = randomUUID();
    const recipients = [{ address: 'ada@example.com', locale: 'en', role: 'current' }] as const;
    const data = { accountId, credentialVersion: 1, recipients, failures: 0, canReset: true };
    const event = { name: 'account.password-proved-after-failures.v1', data } as const;
    const alert = { from: 2, event, requester: TEST_REQUESTER };
    const settle = () => budgets.settle({ cleared: [PASSWORD, SOURCE], alert });
    const rows = (table: string) => platform.dataSource.query<Record<string, unknown>[]>(`SELECT * FROM ${table}`);

    it('has them told, with their number, once', async () => {
      for (let n = 0; n < 3; n++) await budgets.take(PASSWORD);
      const raised = jest.fn();
      const forget = platform.module.get(OutboxSignal).onRaise(raised);
      await Promise.all([settle(), settle(), settle()]);
      forget();
      const [message, ...more] = await rows('outbox_message');
      expect(more).toEqual([]);
      expect(message).toMatchObject({
        requester: TEST_REQUESTER,
        events: [{ name: event.name, data: { ...data, failures: 2 } }],
      });
      expect(await rows('outbox_delivery')).toMatchObject([
        { message_id: message?.id, consumer: 'notifications.send-mail', target: 'ada@example.com', sealed: null },
      ]);
      expect(await rows('audit_event')).toMatchObject([
        { account_id: accountId, action: event.name, requester: TEST_REQUESTER, details: { failures: 2 } },
      ]);
      expect(raised).toHaveBeenCalledTimes(1);
      expect(await spend(PASSWORD)).toBe(5);
    });

    it('says nothing of fewer, nor of what is only given back', async () => {
      for (let n = 0; n < 2; n++) await budgets.take(PASSWORD);
      await settle();
      for (let n = 0; n < 4; n++) await budgets.take(PASSWORD);
      await budgets.settle({ givenBack: [PASSWORD], alert });
      expect(await rows('outbox_message')).toEqual([]);
      expect(await spend(PASSWORD)).toBe(2);
    });

    it('[L-9] stays as it is when that cannot be written', async () => {
      for (let n = 0; n < 3; n++) await budgets.take(PASSWORD);
      const unwritable = { ...event, data: { ...data, accountId: 'no id' } };
      const settling = budgets.settle({ cleared: [PASSWORD], alert: { ...alert, event: unwritable } });
      await expect(settling).rejects.toThrow('invalid input syntax for type uuid');
      expect(await spend(PASSWORD)).toBe(2);
    });
  });

  it('is settled together with what is done beside it, or neither is', async () => {
    const id = randomUUID();
    const clauses = (given: Given) =>
      `made AS (INSERT INTO application (client_id, name) VALUES (${given(id)}, ${given('Beside')}) RETURNING client_id AS id)`;
    const settle = () => budgets.settle({ cleared: [PASSWORD] }, { clauses, answer: 'SELECT id FROM made' });
    await spend(PASSWORD);
    expect(await settle()).toEqual({ id });
    expect(await spend(PASSWORD)).toBe(5);
    await expect(settle()).rejects.toThrow('duplicate key');
    expect(await spend(PASSWORD)).toBe(0);
  });

  it('has a try more for each that is given back, never more than it had', async () => {
    await spend(PASSWORD);
    await budgets.settle({ givenBack: [PASSWORD] });
    expect(await spend(PASSWORD)).toBe(1);
    for (let n = 0; n < 9; n++) await budgets.settle({ givenBack: [PASSWORD] });
    expect(await spend(PASSWORD)).toBe(5);
  });

  it('writes down the success that clears it, where there is something to say', async () => {
    const noted = () => platform.dataSource.query('SELECT action, account_id, requester FROM audit_event');
    await budgets.settle({ cleared: [PASSWORD] });
    expect(await noted()).toEqual([]);
    const accountId = randomUUID();
    const note = { action: 'sign-in.succeeded', accountId, requester: TEST_REQUESTER } as const;
    await budgets.settle({ cleared: [PASSWORD], note });
    expect(await noted()).toEqual([{ action: 'sign-in.succeeded', account_id: accountId, requester: TEST_REQUESTER }]);
  });

  it('does not lock two that take the same budgets in another order', async () => {
    const taking = Array.from({ length: 40 }, (_, n) =>
      n % 2 ? budgets.take(SOURCE, PASSWORD) : budgets.take(PASSWORD, SOURCE),
    );
    await expect(Promise.all(taking)).resolves.toHaveLength(40);
  });
});
