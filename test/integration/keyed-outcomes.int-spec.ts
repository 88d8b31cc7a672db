import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { IdempotencyKeys, isRepeat, SecretKeys, Settings, type Tx, UnitOfWork, withReservation } from '@app/platform';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { TEST_REQUESTER } from '../support/factories';
import { aPasswordChange, TestConsumers } from '../support/test-consumers';

describe('a unit of work of a request with an Idempotency-Key', () => {
  let platform: TestPlatform;
  let consumers: TestConsumers;
  let unitOfWork: UnitOfWork;
  beforeAll(async () => {
    platform = await bootPlatform([TestConsumers]);
    consumers = platform.module.get(TestConsumers);
    unitOfWork = platform.module.get(UnitOfWork);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    consumers.forget();
    await platform.empty();
  });

  const requesterWith = async (key: string) =>
    withReservation(
      TEST_REQUESTER,
      await platform.module
        .get(IdempotencyKeys)
        .reserve({ key, caller: 'service:test', method: 'POST', route: '/test', content: [] }),
    );
  const changePassword = (result: unknown) => (tx: Tx) => {
    tx.record('account.password-changed.v1', aPasswordChange());
    return Promise.resolve(result);
  };
  const changes = async (): Promise<number> =>
    (await platform.dataSource.query<unknown[]>('SELECT 1 FROM outbox_message')).length;

  it.each([
    ['nothing', undefined],
    ['dates, bytes and what is not there', { at: new Date(0), bytes: Buffer.from('x'), none: null, absent: undefined }],
  ])('resolves for a repeated request with the same result and reports: %s', async (_what, result) => {
    consumers.inTransaction = (_consumer, _event, tx) => Promise.resolve(tx.report('sessionsEnded', 3));
    const key = randomUUID();
    const first = await unitOfWork.run(await requesterWith(key), changePassword(result));
    consumers.forget();
    const repeated = await requesterWith(key);
    const second = await unitOfWork.run(repeated, () => Promise.reject(new Error('done twice')));
    expect(second).toEqual({ result, reports: { sessionsEnded: 3 } });
    expect(second).toEqual(first);
    expect([isRepeat(repeated), await changes(), consumers.notes]).toEqual([true, 1, []]);
  });

  it('is the only one: a second one throws, and leaves nothing', async () => {
    const requester = await requesterWith(randomUUID());
    await unitOfWork.run(requester, changePassword('first'));
    await expect(unitOfWork.run(requester, changePassword('second'))).rejects.toThrow('a second unit of work');
    expect(await changes()).toBe(1);
  });

  it('[S-34] keeps no outcome when a consumer throws, and the key works once it is free', async () => {
    const key = randomUUID();
    consumers.inTransaction = () => Promise.reject(new Error('no'));
    const requester = await requesterWith(key);
    await expect(unitOfWork.run(requester, changePassword('lost'))).rejects.toThrow('no');
    await expect(requesterWith(key)).rejects.toMatchObject({ code: 'idempotency-key.in-flight' });
    await platform.age('61 seconds');
    consumers.forget();
    expect(await unitOfWork.run(await requesterWith(key), changePassword('done'))).toMatchObject({ result: 'done' });
    expect(await changes()).toBe(1);
  });

  it('is done each time without a key', async () => {
    for (const result of [1, 2]) {
      expect(await unitOfWork.run(TEST_REQUESTER, changePassword(result))).toMatchObject({ result });
    }
    expect(await changes()).toBe(2);
  });

  it('[S-116] leaves no digest of its body that could be found by trying bodies without CODE_KEY', async () => {
    const body = '{"code":"123456"}';
    const settings = platform.module.get(Settings);
    const fingerprintWith = async (codeKey: Buffer) => {
      const key = randomUUID();
      const keys = new IdempotencyKeys(platform.dataSource, new SecretKeys(new Settings({ ...settings, codeKey })));
      await keys.reserve({ key, caller: 'service:test', method: 'POST', route: '/test', content: ['{}', body] });
      const [row] = await platform.dataSource.query<[{ fingerprint: Buffer }]>(
        'SELECT fingerprint FROM idempotency_key ORDER BY created_at DESC LIMIT 1',
      );
      return row.fingerprint.toString('hex');
    };
    const [one, other] = [randomBytes(32), randomBytes(32)];
    const fingerprint = await fingerprintWith(one);
    expect(await fingerprintWith(one)).toBe(fingerprint);
    expect(await fingerprintWith(other)).not.toBe(fingerprint);
    expect(createHash('sha256').update(body).digest('hex')).not.toBe(fingerprint);
  });
});
