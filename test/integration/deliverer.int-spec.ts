import { Logger } from '@nestjs/common';
import { Deliverer, UnitOfWork } from '@app/platform';
import { DeliveryQueue } from '../../libs/platform/src/outbox/delivery-queue';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { TEST_REQUESTER } from '../support/factories';
import { aPasswordChange, TestConsumers } from '../support/test-consumers';
import { fakeOnly, until } from './fake-timers';
import { ADA, BOB, commitTo, deliveriesOf, mailsOf, onlyDeliveryOf } from './outbox-rows';

/** At the deliverer's own pace: nobody calls `drain`. */
describe('a deliverer that runs', () => {
  let platform: TestPlatform;
  let consumers: TestConsumers;
  let deliverer: Deliverer;
  beforeAll(async () => {
    platform = await bootPlatform([TestConsumers]);
    consumers = platform.module.get(TestConsumers);
    deliverer = platform.module.get(Deliverer);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    consumers.forget();
    await platform.empty();
  });
  afterEach(async () => {
    jest.useRealTimers();
    jest.restoreAllMocks();
    await deliverer.beforeApplicationShutdown();
  });

  const isLooking = () => Reflect.get(deliverer, 'running') !== undefined;
  const hasLooked = () => until(() => Promise.resolve(!isLooking()));
  const mailsSent = () => mailsOf(consumers);

  it('looks again a second after it found nothing, and at once for what is recorded while it looks', async () => {
    fakeOnly('setTimeout', 'clearTimeout');
    deliverer.start();
    await hasLooked();
    jest.advanceTimersByTime(999);
    expect(isLooking()).toBe(false);
    jest.advanceTimersByTime(1);
    expect(isLooking()).toBe(true);
    await hasLooked();

    const queue = platform.module.get(DeliveryQueue);
    const claim = queue.claim.bind(queue);
    jest.spyOn(queue, 'claim').mockImplementationOnce(async (lease) => {
      const found = await claim(lease);
      await commitTo(platform, ADA);
      return found;
    });
    jest.advanceTimersByTime(1000);
    await hasLooked();
    expect(mailsSent()).toEqual([]);
    jest.advanceTimersByTime(0);
    await until(() => Promise.resolve(mailsSent().length === 1));
  });

  it('has so many under way at once that half of them may hang, and not more', async () => {
    const releases: (() => void)[] = [];
    consumers.afterCommit = () => new Promise((resolve) => releases.push(resolve));
    for (let n = 0; n < 25; n++) await commitTo(platform, ADA);
    deliverer.start();
    await until(() => Promise.resolve(releases.length >= 20));
    // Whoever asked for more would have them by now.
    for (let n = 0; n < 3; n++) await deliveriesOf(platform);
    expect(releases).toHaveLength(20);
    while (mailsSent().length < 25) {
      for (const release of releases.splice(0)) release();
      await deliveriesOf(platform);
    }
  });

  it('finishes what is under way before the process ends, and begins nothing after that', async () => {
    fakeOnly('setInterval', 'clearInterval');
    let release: (() => void) | undefined;
    consumers.afterCommit = () => new Promise((resolve) => (release = resolve));
    await commitTo(platform, ADA);
    deliverer.start();
    await until(() => Promise.resolve(release !== undefined));
    const order: string[] = [];
    const ended = deliverer.beforeApplicationShutdown().then(() => order.push('ended'));
    await deliveriesOf(platform);
    order.push('released');
    release?.();
    await ended;
    expect(order).toEqual(['released', 'ended']);
    expect(await onlyDeliveryOf(platform)).toMatchObject({ status: 'done' });
    // No lease is renewed any more.
    expect(jest.getTimerCount()).toBe(0);
    await commitTo(platform, BOB);
    expect(isLooking()).toBe(false);
  });

  it('says in the log what it could not read, without the words of the error, and goes on', async () => {
    const said: unknown[] = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((line) => void said.push(line));
    fakeOnly('setTimeout', 'clearTimeout');
    await platform.dataSource.query('ALTER TABLE outbox_delivery RENAME TO elsewhere');
    deliverer.start();
    await hasLooked();
    expect(said).toEqual(['Deliveries could not be read: QueryFailedError 42P01']);
    await platform.dataSource.query('ALTER TABLE elsewhere RENAME TO outbox_delivery');
    await commitTo(platform, ADA);
    await until(() => Promise.resolve(mailsSent().length === 1));
  });

  it('says in the log what it could not finish', async () => {
    const said: unknown[] = [];
    jest.spyOn(Logger.prototype, 'error').mockImplementation((line) => void said.push(line));
    consumers.afterCommit = async () => {
      await platform.dataSource.query('ALTER TABLE outbox_delivery RENAME TO elsewhere');
    };
    await commitTo(platform, ADA);
    const { id } = await onlyDeliveryOf(platform);
    await expect(deliverer.drain()).rejects.toThrow();
    await platform.dataSource.query('ALTER TABLE elsewhere RENAME TO outbox_delivery');
    expect(said).toEqual([`Delivery ${id} was not finished: QueryFailedError 42P01`]);
  });

  it('keeps no more than 200 characters of what a failure is called', async () => {
    consumers.afterCommit = () => Promise.reject(Object.assign(new Error(), { code: 'E'.repeat(300) }));
    await commitTo(platform, ADA);
    await deliverer.drain();
    expect((await onlyDeliveryOf(platform)).last_error).toBe(`Error ${'E'.repeat(194)}`);
  });

  it('delivers a change to each address that it tells, and once to who hears of the change itself', async () => {
    await platform.module.get(UnitOfWork).run(TEST_REQUESTER, (tx) => {
      const { accountId, credentialVersion, recipients } = aPasswordChange(ADA, BOB);
      tx.record('account.deleted.v1', { accountId, credentialVersion, recipients });
      return Promise.resolve();
    });
    const planned = await platform.dataSource.query<object[]>(
      'SELECT consumer, target FROM outbox_delivery ORDER BY consumer, target',
    );
    expect(planned).toEqual([
      { consumer: 'notifications.send-mail', target: ADA },
      { consumer: 'notifications.send-mail', target: BOB },
      { consumer: 'platform.erase-traces', target: '' },
    ]);
    expect(await platform.module.get(DeliveryQueue).backlog()).toEqual({ due: 3, parked: 0 });
  });
});
