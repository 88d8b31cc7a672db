import { Deliverer, ParkedDeliveries } from '@app/platform';
import { DeliveryQueue } from '../../libs/platform/src/outbox/delivery-queue';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { TEST_REQUESTER } from '../support/factories';
import { TestConsumers } from '../support/test-consumers';
import { fakeOnly, until } from './fake-timers';
import { ADA, BOB, CODE, commitTo, deliveriesOf, mailsOf, onlyDeliveryOf } from './outbox-rows';

describe('the outbox', () => {
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

  const commitFor = (...addresses: string[]) => commitTo(platform, ...addresses);
  const deliveries = () => deliveriesOf(platform);
  const onlyDelivery = () => onlyDeliveryOf(platform);
  const mailsSent = () => mailsOf(consumers);
  const failingFor = (address: string, times = Infinity) => {
    let left = times;
    consumers.afterCommit = (_change, { target }) =>
      target === address && left-- > 0
        ? Promise.reject(
            Object.assign(new Error(`550 <${address}> is unknown`), { code: 'EENVELOPE', responseCode: 550 }),
          )
        : Promise.resolve();
  };

  it('delivers a change once to each address, with the secret that is for that address alone', async () => {
    const secrets: unknown[] = [];
    consumers.afterCommit = (change, { target, secret }) => {
      secrets.push([change.requester.requestId, change.events.length, target, secret]);
      return Promise.resolve();
    };
    await commitFor(ADA, BOB);
    await deliverer.drain();
    await deliverer.drain();
    expect(secrets.sort()).toEqual([
      ['test', 1, ADA, { code: `${CODE} for ${ADA}` }],
      ['test', 1, BOB, { code: `${CODE} for ${BOB}` }],
    ]);
    expect(await deliveries()).toMatchObject([{ status: 'done' }, { status: 'done' }]);
  });

  it('[S-116] holds a secret sealed only, and not at all once it is delivered', async () => {
    await commitFor(ADA);
    const [{ message }] = await platform.dataSource.query<[{ message: string }]>(
      'SELECT row(m.*)::text || row(a.*)::text AS message FROM outbox_message m, audit_event a',
    );
    const { sealed } = await onlyDelivery();
    expect(message + String(sealed)).not.toContain('canary');
    await deliverer.drain();
    expect(await onlyDelivery()).toMatchObject({ status: 'done', sealed: null });
  });

  it('tries a delivery that fails again after a pause that grows, and names no word of the error', async () => {
    failingFor(ADA, 2);
    await commitFor(ADA);
    await deliverer.drain();
    const first = await onlyDelivery();
    expect(first).toMatchObject({ status: 'due', attempts: 1, lease: null, last_error: 'Error EENVELOPE 550' });
    expect(first.waits).toBeGreaterThan(0.5);
    expect(first.waits).toBeLessThanOrEqual(2);
    expect(first.sealed).not.toBeNull();

    await platform.age('2 seconds');
    await deliverer.drain();
    const second = await onlyDelivery();
    expect(second).toMatchObject({ status: 'due', attempts: 2 });
    expect(second.waits).toBeGreaterThan(1.5);
    expect(second.waits).toBeLessThanOrEqual(4);

    await platform.age('4 seconds');
    await deliverer.drain();
    expect(mailsSent()).toEqual([`notifications.send-mail ${ADA}`]);
    expect(await onlyDelivery()).toMatchObject({ status: 'done', attempts: 3 });
  });

  it('[S-118] spreads the next attempts of deliveries that fail together', async () => {
    consumers.afterCommit = () => Promise.reject(new Error('the mail server is gone'));
    const retried = jest.spyOn(platform.module.get(DeliveryQueue), 'retryLater');
    await commitFor(...Array.from({ length: 20 }, (_, n) => `person-${n}@example.com`));
    await deliverer.drain();
    const waits = retried.mock.calls.map(([, , { waitSeconds }]) => waitSeconds);
    retried.mockRestore();
    expect(waits.filter((seconds) => seconds >= 1 && seconds < 2)).toHaveLength(20);
    expect(new Set(waits).size).toBeGreaterThan(10);
  });

  it('does not try a delivery again before its pause is over', async () => {
    failingFor(ADA, 1);
    await commitFor(ADA);
    await deliverer.drain();
    await deliverer.drain();
    expect(await onlyDelivery()).toMatchObject({ attempts: 1 });
  });

  it('[S-116] parks a delivery after its last attempt, without its secret, for an operator to see', async () => {
    failingFor(ADA, 2);
    await commitFor(ADA);
    await platform.dataSource.query('UPDATE outbox_delivery SET attempts = 80');
    await deliverer.drain();
    expect(await onlyDelivery()).toMatchObject({ status: 'due', attempts: 81 });
    await platform.age('31 minutes');
    await deliverer.drain();
    const { id, ...parked } = await onlyDelivery();
    expect(parked).toMatchObject({ status: 'parked', attempts: 82, lease: null, sealed: null });
    await platform.age('1 day');
    await deliverer.drain();
    expect(mailsSent()).toEqual([]);

    const parkedDeliveries = platform.module.get(ParkedDeliveries);
    expect(await parkedDeliveries.list()).toMatchObject([{ id, attempts: 82, lastError: 'Error EENVELOPE 550' }]);
    await parkedDeliveries.retry(id, TEST_REQUESTER);
    await deliverer.drain();
    expect(mailsSent()).toEqual([`notifications.send-mail ${ADA}`]);
  });

  it('never lets one bad delivery stop the next', async () => {
    failingFor(ADA);
    for (let n = 0; n < 12; n++) await commitFor(ADA);
    await commitFor(BOB);
    await deliverer.drain();
    expect(mailsSent()).toEqual([`notifications.send-mail ${BOB}`]);
  });

  it('[S-122] never lets ten that hang hold up the others', async () => {
    let release: (() => void) | undefined;
    const hanging = new Promise<void>((resolve) => (release = resolve));
    const arrived = new Promise<void>((resolve) => {
      consumers.afterCommit = (_change, { target }) => (target === ADA ? hanging : Promise.resolve(resolve()));
    });
    for (let n = 0; n < 10; n++) await commitFor(ADA);
    await commitFor(BOB);
    deliverer.start();
    await arrived;
    release?.();
    await deliverer.beforeApplicationShutdown();
    expect(mailsSent()).toHaveLength(11);
  });

  it('delivers the next when a secret cannot be opened any more', async () => {
    await commitFor(ADA);
    await platform.dataSource.query(`UPDATE outbox_delivery SET sealed = 'broken'`);
    await commitFor(BOB);
    await deliverer.drain();
    expect(mailsSent()).toEqual([`notifications.send-mail ${BOB}`]);
    expect(await deliveries()).toMatchObject([{ target: ADA, status: 'due', attempts: 1 }, { status: 'done' }]);
  });

  it('is delivered right after a commit by a deliverer that runs, and no more once it is stopped', async () => {
    // Nothing looks at the outbox by itself.
    fakeOnly('setTimeout', 'clearTimeout');
    deliverer.start();
    // It has looked, and waits.
    await until(() => Promise.resolve(Reflect.get(deliverer, 'running') === undefined));
    await commitFor(ADA);
    await until(() => Promise.resolve(mailsSent().length === 1));
    await deliverer.beforeApplicationShutdown();
    jest.useRealTimers();

    await commitFor(BOB);
    expect((await deliveries()).map(({ target, attempts }) => [target, attempts])).toEqual([
      [ADA, 1],
      [BOB, 0],
    ]);
  });
});

describe('a deliverer without its consumers', () => {
  it.each([
    ['none', [], 'no'],
    ['two', [TestConsumers, class OtherConsumers extends TestConsumers {}], '2'],
  ])('refuses to start when there is %s of a name', async (_what, consumers, found) => {
    const platform = await bootPlatform(consumers);
    const start = () => platform.module.get(Deliverer).start();
    expect(start).toThrow(`The consumer notifications.send-mail has ${found} handlers; it needs exactly one.`);
    await platform.close();
  });
});
