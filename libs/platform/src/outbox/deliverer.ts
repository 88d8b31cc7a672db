import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { EventDispatcher } from '../events/event-dispatcher';
import { SecretKeys } from '../secrets/code-key';
import { BATCH, type ClaimedDelivery, DeliveryQueue, LEASE_SECONDS } from './delivery-queue';
import { LastingFailure } from './lasting-failure';
import { OutboxSignal } from './outbox-signal';

const POLL_MS = 1000;
/** After waits of 2^n seconds, 30 minutes at most, each shortened by up to a half by chance: a day and a few hours. */
const MAX_ATTEMPTS = 82;
/** About an hour. Not one: a mail server that is set up wrongly says so too, and what is parked has lost its secret. */
const MAX_ATTEMPTS_REFUSED = 12;
const LONGEST_WAIT_SECONDS = 1800;
/** Under way at once, at most. While half of them hang, the other half goes on. */
const AT_ONCE = 2 * BATCH;
/** A mail server that hangs must not hold up the end of the process: its delivery is repeated by the next one. */
const LAST_WAIT_MS = 4000;

/**
 * Takes due deliveries with a lease, calls their consumer, and acknowledges, retries or parks each by itself.
 * At least once: a crash between sending and acknowledging sends again under the same ids.
 */
@Injectable()
export class Deliverer implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Deliverer.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private readonly underWay = new Set<Promise<void>>();
  private raisedMeanwhile = false;
  private stopped = true;

  constructor(
    private readonly queue: DeliveryQueue,
    private readonly dispatcher: EventDispatcher,
    private readonly keys: SecretKeys,
    private readonly signal: OutboxSignal,
  ) {}

  /** Call once the application listens: consumers subscribe only then. */
  start(): void {
    this.dispatcher.requireHandlers('after-commit');
    this.stopped = false;
    this.signal.onRaise(() => this.wake());
    this.wake();
  }

  /** Listeners are gone after this hook, so what is under way is finished here. */
  async beforeApplicationShutdown(): Promise<void> {
    this.stopped = true;
    clearTimeout(this.timer);
    await Promise.race([this.finish(), sleep(LAST_WAIT_MS, undefined, { ref: false })]);
  }

  /** Delivers until nothing is due. */
  async drain(): Promise<void> {
    while ((await this.startBatch()) > 0) await this.untilAtMost(0);
  }

  private wake(): void {
    this.raisedMeanwhile = true;
    if (this.stopped || this.running) return;
    clearTimeout(this.timer);
    this.raisedMeanwhile = false;
    this.running = this.deliverUntilStopped()
      .catch((error: unknown) => this.logger.error(`Deliveries could not be read: ${nameOf(error)}`))
      .finally(() => {
        this.running = undefined;
        if (!this.stopped) this.timer = setTimeout(() => this.wake(), this.raisedMeanwhile ? 0 : POLL_MS);
      });
  }

  private async deliverUntilStopped(): Promise<void> {
    // A batch that was not full left nothing; what comes later says so.
    do await this.untilAtMost(AT_ONCE - BATCH);
    while (!this.stopped && (await this.startBatch()) === BATCH);
  }

  private async finish(): Promise<void> {
    await this.running;
    await this.untilAtMost(0);
  }

  private async untilAtMost(count: number): Promise<void> {
    while (this.underWay.size > count) await Promise.race(this.underWay);
  }

  private async startBatch(): Promise<number> {
    const lease = randomUUID();
    const deliveries = await this.queue.claim(lease);
    for (const delivery of deliveries) {
      const end = this.deliverUnderLease(delivery, lease)
        .catch((error: unknown) => this.logger.error(`Delivery ${delivery.id} was not finished: ${nameOf(error)}`))
        .finally(() => this.underWay.delete(end));
      this.underWay.add(end);
    }
    return deliveries.length;
  }

  private async deliverUnderLease(delivery: ClaimedDelivery, lease: string): Promise<void> {
    // One that can't be renewed ends as if this process had died: somebody delivers again.
    const renewal = setInterval(() => void this.queue.renew(lease, delivery.id).catch(() => undefined), RENEWAL_MS);
    try {
      await this.deliver(delivery, lease);
    } finally {
      clearInterval(renewal);
    }
  }

  private async deliver(delivery: ClaimedDelivery, lease: string): Promise<void> {
    const { id, consumer, target, attempts, sealed, change } = delivery;
    try {
      const secret = sealed && (JSON.parse(this.keys.open(sealed, id)) as Record<string, string>);
      await this.dispatcher.dispatchAfterCommit(consumer, change, { id, target, attempts, secret });
    } catch (error) {
      return this.fail(delivery, lease, error);
    }
    await this.queue.acknowledge(lease, id);
  }

  private async fail({ id, consumer, attempts }: ClaimedDelivery, lease: string, error: unknown): Promise<void> {
    const isLasting = error instanceof LastingFailure;
    const reason = nameOf(isLasting ? error.cause : error);
    this.logger.warn(`Delivery ${id} of ${consumer} failed (attempt ${attempts}): ${reason}`);
    if (attempts >= (isLasting ? MAX_ATTEMPTS_REFUSED : MAX_ATTEMPTS)) return this.queue.park(lease, id, reason);
    const waitSeconds = (Math.min(LONGEST_WAIT_SECONDS, 2 ** attempts) * randomInt(500, 1000)) / 1000;
    await this.queue.retryLater(lease, id, { reason, waitSeconds });
  }
}

const RENEWAL_MS = (LEASE_SECONDS * 1000) / 3;

/** A code or class name: a server's own words may hold addresses. */
function nameOf(error: unknown): string {
  const { name, code, originalCode, responseCode } = error as Record<string, unknown>;
  return [name, originalCode ?? code, responseCode].filter(Boolean).map(String).join(' ').slice(0, 200);
}
