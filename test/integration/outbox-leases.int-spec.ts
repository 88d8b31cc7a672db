import { randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Test } from '@nestjs/testing';
import { Deliverer, EventDispatcher, PlatformModule, SecretKeys, UnitOfWork } from '@app/platform';
import { DeliveryQueue, freeLeases } from '../../libs/platform/src/outbox/delivery-queue';
import { OutboxSignal } from '../../libs/platform/src/outbox/outbox-signal';
import { testSettings } from '../support/boot-api';
import { bootPlatform, type TestPlatform } from '../support/boot-platform';
import { databaseKind } from '../support/database';
import { TEST_REQUESTER } from '../support/factories';
import { aPasswordChange, TestConsumers } from '../support/test-consumers';
import { fakeOnly } from './fake-timers';
import { ADA, BOB, commitTo, mailsOf, onlyDeliveryOf } from './outbox-rows';

/** Longer than a lease, and than the first waits between attempts. */
const A_WHILE = '1 minute';

describe('the outbox', () => {
  let platform: TestPlatform;
  let consumers: TestConsumers;
  let deliverer: Deliverer;
  let queue: DeliveryQueue;

  beforeAll(async () => {
    platform = await bootPlatform([TestConsumers]);
    consumers = platform.module.get(TestConsumers);
    deliverer = platform.module.get(Deliverer);
    queue = platform.module.get(DeliveryQueue);
  });
  afterAll(() => platform.close());
  beforeEach(async () => {
    consumers.forget();
    await platform.empty();
  });

  const commitFor = (...addresses: string[]) => commitTo(platform, ...addresses);
  const onlyDelivery = () => onlyDeliveryOf(platform);
  const mailsSent = () => mailsOf(consumers);

  it('[R24] is shared by two deliverers without a delivery that both make', async () => {
    const { module } = platform;
    const other = new Deliverer(queue, module.get(EventDispatcher), module.get(SecretKeys), module.get(OutboxSignal));
    const addresses = Array.from({ length: 40 }, (_, n) => `person-${n}@example.com`);
    await commitFor(...addresses);
    await Promise.all([deliverer.drain(), other.drain()]);
    expect(mailsSent().sort()).toEqual(addresses.map((address) => `notifications.send-mail ${address}`).sort());
  });

  // The embedded database has one session: nobody else can be claiming.
  if (databaseKind === 'postgres') {
    it('[R24] passes over what another deliverer is just claiming, without waiting for it', async () => {
      await commitFor(ADA);
      await commitFor(BOB);
      await platform.dataSource.transaction(async (claiming) => {
        await claiming.query('SELECT 1 FROM outbox_delivery WHERE target = $1 FOR UPDATE', [ADA]);
        await deliverer.drain();
        expect(mailsSent()).toEqual([`notifications.send-mail ${BOB}`]);
      });
      await deliverer.drain();
      expect(mailsSent()).toEqual([`notifications.send-mail ${BOB}`, `notifications.send-mail ${ADA}`]);
    });
  }

  it('[K9] gives what a deliverer died with to another once the lease is over, and not before', async () => {
    await commitFor(ADA);
    expect(await queue.claim(randomUUID())).toHaveLength(1);
    await deliverer.drain();
    expect(mailsSent()).toEqual([]);
    await platform.age(A_WHILE);
    await deliverer.drain();
    expect(mailsSent()).toEqual([`notifications.send-mail ${ADA}`]);
  });

  it('[K9] gives it to the next at once where the dead one was alone with its database', async () => {
    await commitFor(ADA);
    await queue.claim(randomUUID());
    await freeLeases(platform.dataSource);
    await deliverer.drain();
    expect(mailsSent()).toEqual([`notifications.send-mail ${ADA}`]);
  });

  it('changes nothing when the holder of a lease that is over and given away comes back', async () => {
    const [late, current] = [randomUUID(), randomUUID()];
    await commitFor(ADA);
    await queue.claim(late);
    await platform.age(A_WHILE);
    const [claimed] = await queue.claim(current);
    const id = String(claimed?.id);
    const before = await onlyDelivery();

    await queue.acknowledge(late, id);
    await queue.park(late, id, 'late');
    await queue.retryLater(late, id, { reason: 'late', waitSeconds: 0 });
    await queue.renew(late, id);
    expect(await onlyDelivery()).toEqual({ ...before, waits: expect.any(Number) as number });
    expect(before).toMatchObject({ status: 'due', lease: current });
    await queue.acknowledge(current, id);
    expect(await onlyDelivery()).toMatchObject({ status: 'done', lease: null });
  });

  it('leaves a delivery to its holder for as long as that one renews the lease', async () => {
    fakeOnly('setInterval', 'clearInterval');
    const sending = pendingSend(consumers);
    await commitFor(ADA);
    const draining = deliverer.drain();
    await sending.begun;
    await platform.age('14 seconds');
    const { waits } = await onlyDelivery();
    expect(waits).toBeLessThan(2);

    jest.advanceTimersByTime(5000);
    await until(async () => (await onlyDelivery()).waits > 13);
    jest.useRealTimers();
    sending.end();
    await draining;
    expect(await onlyDelivery()).toMatchObject({ status: 'done', attempts: 1 });
  });
});

if (databaseKind === 'embedded') {
  describe('the outbox of an embedded database that is opened again', () => {
    it('[K9] gives what the last process died with to the next at once', async () => {
      const dataDir = mkdtempSync(join(tmpdir(), 'rekey-outbox-'));
      const open = async () => {
        const imports = [PlatformModule.forRoot(testSettings({ dataDir }), [], [])];
        const module = await Test.createTestingModule({ imports, providers: [TestConsumers] }).compile();
        return module.init();
      };
      const first = await open();
      await first.get(UnitOfWork).run(TEST_REQUESTER, (tx) => {
        tx.record('account.password-changed.v1', aPasswordChange(ADA));
        return Promise.resolve();
      });
      expect(await first.get(DeliveryQueue).claim(randomUUID())).toHaveLength(1);
      await first.close();

      const second = await open();
      await second.get(Deliverer).drain();
      expect(second.get(TestConsumers).notes).toEqual([`notifications.send-mail ${ADA}`]);
      await second.close();
      rmSync(dataDir, { recursive: true });
    });
  });
}

/** A mail that is being sent until `end` is called. */
function pendingSend(consumers: TestConsumers): { begun: Promise<void>; end: () => void } {
  let begin: () => void;
  let end: () => void;
  const begun = new Promise<void>((resolve) => (begin = resolve));
  const ended = new Promise<void>((resolve) => (end = resolve));
  consumers.afterCommit = () => {
    begin();
    return ended;
  };
  return { begun, end: () => end() };
}

async function until(isTrue: () => Promise<boolean>): Promise<void> {
  while (!(await isTrue())) await new Promise((resolve) => setImmediate(resolve));
}
