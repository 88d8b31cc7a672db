import { Deliverer, LastingFailure, UnitOfWork } from '@app/platform';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { TEST_REQUESTER } from '../support/factories';
import { aPasswordChange, TestConsumers } from '../support/test-consumers';

const NO_ANSWER = Object.assign(new Error('connect ECONNREFUSED'), { code: 'ECONNREFUSED' });
const UNKNOWN = Object.assign(new Error('550 <ada@example.com> is unknown'), { code: 'EENVELOPE', responseCode: 550 });

describe('a delivery that fails each time', () => {
  let platform: TestPlatform;
  beforeAll(async () => {
    platform = await bootPlatform([TestConsumers]);
  });
  afterAll(() => platform.close());
  beforeEach(() => platform.empty());

  interface End {
    attempts: number;
    lastError: string;
    hours: number;
  }

  /** Tries as often as the outbox wants to, each time when its pause is over. */
  async function untilParked(error: Error): Promise<End> {
    platform.module.get(TestConsumers).afterCommit = () => Promise.reject(error);
    await platform.module.get(UnitOfWork).run(TEST_REQUESTER, (tx) => {
      tx.record('account.password-changed.v1', aPasswordChange('ada@example.com'));
      return Promise.resolve();
    });
    for (let seconds = 0; ;) {
      await platform.module.get(Deliverer).drain();
      const [row] = await platform.dataSource.query<[Omit<End, 'hours'> & { status: string; waits: number }]>(
        `SELECT status, attempts, last_error AS "lastError", ceil(extract(epoch FROM available_at - now()))::int AS waits
         FROM outbox_delivery`,
      );
      const { status, waits, ...end } = row;
      if (status === 'parked') return { ...end, hours: seconds / 3600 };
      seconds += waits;
      await platform.age(`${waits} seconds`);
    }
  }

  it('[S-118] is tried for more than a day, and given up before the second is over', async () => {
    const { hours, ...end } = await untilParked(NO_ANSWER);
    expect(end).toEqual({ attempts: 82, lastError: 'Error ECONNREFUSED' });
    expect(hours).toBeGreaterThan(24);
    expect(hours).toBeLessThan(37);
  });

  it('[S-118] is tried for about an hour when it is refused for good', async () => {
    const { hours, ...end } = await untilParked(new LastingFailure('refused', { cause: UNKNOWN }));
    expect(end).toEqual({ attempts: 12, lastError: 'Error EENVELOPE 550' });
    expect(hours).toBeGreaterThan(0.5);
    expect(hours).toBeLessThan(1.2);
  });
});
