import { randomInt, randomUUID } from 'node:crypto';
import { type BeforeApplicationShutdown, Injectable, Logger } from '@nestjs/common';
import { DataSource } from 'typeorm';
import type { Change, ConsumerName } from '@app/contracts';
import { EventDispatcher } from '../events/event-dispatcher';
import { SecretKeys } from '../secrets/code-key';
import { OutboxSignal } from './outbox-signal';

const BATCH = 10;
/** Longer than any mailer's time-outs together: a second deliverer must not take a row that is still being sent. */
const LEASE_SECONDS = 120;
const POLL_MS = 1000;
/** With waits of 2^n seconds up to 30 minutes, with jitter, 55 attempts are about a day. */
const MAX_ATTEMPTS = 55;
const LONGEST_WAIT_SECONDS = 1800;

interface ClaimedRow {
  id: string;
  consumer: ConsumerName;
  target: string;
  attempts: number;
  sealed: Buffer | null;
  message_id: string;
  requester: Change['requester'];
  events: Change['events'];
  recorded_at: Date;
}

/**
 * Takes due deliveries with a lease, calls their consumer, and acknowledges, retries or parks each by itself.
 * At least once: a crash between sending and acknowledging sends again under the same ids.
 */
@Injectable()
export class Deliverer implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Deliverer.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private raisedMeanwhile = false;
  private stopped = true;

  constructor(
    private readonly dataSource: DataSource,
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
    await this.running;
  }

  /** Delivers until nothing is due. */
  async drain(): Promise<void> {
    while ((await this.deliverBatch()) > 0);
  }

  private wake(): void {
    this.raisedMeanwhile = true;
    if (this.stopped || this.running) return;
    clearTimeout(this.timer);
    this.raisedMeanwhile = false;
    this.running = this.drain()
      .catch((error: unknown) => this.logger.error(`Deliveries could not be read: ${nameOf(error)}`))
      .finally(() => {
        this.running = undefined;
        if (!this.stopped) this.timer = setTimeout(() => this.wake(), this.raisedMeanwhile ? 0 : POLL_MS);
      });
  }

  private async deliverBatch(): Promise<number> {
    const lease = randomUUID();
    const rows = await this.dataSource.query<ClaimedRow[]>(CLAIM, [lease, LEASE_SECONDS, BATCH]);
    await Promise.all(rows.map((row) => this.deliver(row, lease)));
    return rows.length;
  }

  private async deliver(row: ClaimedRow, lease: string): Promise<void> {
    try {
      await this.dispatcher.dispatchAfterCommit(row.consumer, changeOf(row), {
        id: row.id,
        target: row.target,
        secret: row.sealed && (JSON.parse(this.keys.open(row.sealed, row.id)) as Record<string, string>),
      });
    } catch (error) {
      return this.fail(row, lease, error);
    }
    await this.dataSource.query(ACKNOWLEDGE, [row.id, lease]);
  }

  private async fail(row: ClaimedRow, lease: string, error: unknown): Promise<void> {
    const park = row.attempts >= MAX_ATTEMPTS;
    this.logger.warn(`Delivery ${row.id} of ${row.consumer} failed (attempt ${row.attempts}): ${nameOf(error)}`);
    const waitSeconds = (Math.min(LONGEST_WAIT_SECONDS, 2 ** row.attempts) * randomInt(500, 1000)) / 1000;
    await this.dataSource.query(park ? PARK : RETRY, [row.id, lease, nameOf(error), ...(park ? [] : [waitSeconds])]);
  }
}

/** A code or class name: a server's own words may hold addresses. */
function nameOf(error: unknown): string {
  const { code, responseCode, name } = error as { code?: unknown; responseCode?: unknown; name?: unknown };
  return [name, code, responseCode].filter(Boolean).map(String).join(' ').slice(0, 200);
}

function changeOf(row: ClaimedRow): Change {
  return { id: row.message_id, at: row.recorded_at.toISOString(), requester: row.requester, events: row.events };
}

const CLAIM = `
  WITH due AS (
    SELECT id FROM outbox_delivery WHERE status = 'due' AND available_at <= clock_timestamp()
    ORDER BY available_at LIMIT $3 FOR UPDATE SKIP LOCKED
  ), claimed AS (
    UPDATE outbox_delivery d
    SET lease = $1, attempts = attempts + 1, available_at = clock_timestamp() + make_interval(secs => $2)
    FROM due WHERE d.id = due.id
    RETURNING d.id, d.consumer, d.target, d.attempts, d.sealed, d.message_id
  )
  SELECT claimed.*, m.requester, m.events, m.recorded_at
  FROM claimed JOIN outbox_message m ON m.id = claimed.message_id`;

// Only the holder of the lease may finish a row: a deliverer that slept past its lease changes nothing.
const ACKNOWLEDGE = `UPDATE outbox_delivery SET status = 'done', sealed = NULL, lease = NULL, finished_at = now()
  WHERE id = $1 AND lease = $2`;
const PARK = `UPDATE outbox_delivery SET status = 'parked', sealed = NULL, lease = NULL, finished_at = now(), last_error = $3
  WHERE id = $1 AND lease = $2`;
const RETRY = `UPDATE outbox_delivery SET lease = NULL, last_error = $3, available_at = now() + make_interval(secs => $4)
  WHERE id = $1 AND lease = $2`;
