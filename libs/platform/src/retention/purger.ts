import { type BeforeApplicationShutdown, Logger } from '@nestjs/common';
import type { DataSource } from 'typeorm';
import type { EventFeed } from '../outbox/event-feed';
import type { RetentionRule } from './retention-rule';

const FIRST_MS = 60_000;
const HOURLY_MS = 3_600_000;

/**
 * Removes what is over, each hour, some rows a statement: nobody waits for it. Any number of processes may do so at
 * once. Whether something is over is for those who read it to judge, always: a purge only frees the room.
 */
export class Purger implements BeforeApplicationShutdown {
  private readonly logger = new Logger(Purger.name);
  private timer: NodeJS.Timeout | undefined;
  private running: Promise<void> | undefined;
  private closing = false;

  constructor(
    private readonly dataSource: DataSource,
    private readonly feed: EventFeed,
    private readonly rules: readonly RetentionRule[],
  ) {}

  /** Where deliveries are made, too: in one process of an installation at least. */
  start(): void {
    this.purgeIn(FIRST_MS);
  }

  /** What is under way is a statement, which ends by its time limit. */
  async beforeApplicationShutdown(): Promise<void> {
    this.closing = true;
    clearTimeout(this.timer);
    await this.running;
  }

  /** Everything that is over now. What fails is left for the next time, and the rest goes on. */
  async purge(): Promise<void> {
    // Only a change that has its place goes, and it has none yet while nobody reads the feed.
    await this.attempt('outbox_message', () => this.feed.placeAll());
    for (const rule of this.rules) await this.attempt(rule.table, () => this.removeBy(rule));
  }

  private purgeIn(waitMs: number): void {
    this.timer = setTimeout(() => {
      this.running = this.purge().finally(() => {
        if (!this.closing) this.purgeIn(HOURLY_MS);
      });
    }, waitMs);
  }

  private async removeBy({ statement }: RetentionRule): Promise<void> {
    let removed = 1;
    while (removed > 0 && !this.closing) {
      [, removed] = await this.dataSource.query<[unknown, number]>(statement);
    }
  }

  private async attempt(table: string, work: () => Promise<void>): Promise<void> {
    if (this.closing) return;
    await work().catch((error: unknown) => {
      const { name, code } = error as { name: string; code?: string };
      this.logger.error(`What is over could not be removed from ${table}: ${name} ${code ?? ''}`.trimEnd());
    });
  }
}
