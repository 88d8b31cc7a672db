import { Injectable } from '@nestjs/common';
import { DataSource, type EntityManager } from 'typeorm';
import type { ChangeReports, DomainEvent, EventMap, EventName, Requester } from '@app/contracts';
import { EventDispatcher } from '../events/event-dispatcher';
import { KeyedOutcomes } from '../idempotency/keyed-outcomes';
import { OutboxWriter } from '../outbox/outbox-writer';
import { OutboxSignal } from '../outbox/outbox-signal';
import { EmbeddedDataSource } from './embedded-data-source';

/** One running transaction. Everything that writes takes it as its first argument. */
export class Tx {
  readonly events: DomainEvent[] = [];
  readonly secrets = new Map<string, Record<string, string>>();
  private readonly reports: Partial<ChangeReports> = {};

  constructor(
    readonly manager: EntityManager,
    readonly requester: Requester,
  ) {}

  /** Says that something happened. Its consumers run before the commit, or from the outbox after it. */
  record<N extends EventName>(name: N, data: EventMap[N]): void {
    this.events.push({ name, data } as DomainEvent);
  }

  /** Gives the mail to `address` a secret. It is stored sealed, and erased once delivered. */
  seal(address: string, secret: Record<string, string>): void {
    this.secrets.set(address, { ...this.secrets.get(address), ...secret });
  }

  /** A consumer's answer to the use case. */
  report<K extends keyof ChangeReports>(key: K, value: ChangeReports[K]): void {
    this.reports[key] = value;
  }

  reported(): Partial<ChangeReports> {
    return this.reports;
  }
}

interface Outcome<T> {
  result: T;
  reports: Partial<ChangeReports>;
}

@Injectable()
export class UnitOfWork {
  constructor(
    private readonly dataSource: DataSource,
    private readonly dispatcher: EventDispatcher,
    private readonly outbox: OutboxWriter,
    private readonly outcomes: KeyedOutcomes,
    private readonly signal: OutboxSignal,
  ) {}

  /**
   * Runs `work`, the in-transaction consumers of what it recorded, the audit rows and the outbox rows
   * in one transaction: all or nothing. No hashing, HTTP or mail inside. Resolves after the commit.
   * For a request with an `Idempotency-Key` that was done before, it resolves with what came of it, without `work`.
   */
  async run<T>(requester: Requester, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    const runner = this.dataSource.createQueryRunner();
    const tx = new Tx(runner.manager, requester);
    try {
      await runner.startTransaction();
      const once = () => this.outcomes.once(tx, () => this.workAndPublish(tx, work));
      const outcome = await (this.dataSource instanceof EmbeddedDataSource ? this.dataSource.watch(once) : once());
      await runner.commitTransaction();
      this.signal.raise();
      return outcome;
    } catch (error) {
      // A connection that died mid-way can't roll back; the database has done it, and the first error is the one to tell.
      await runner.rollbackTransaction().catch(() => undefined);
      throw error;
    } finally {
      await runner.release();
    }
  }

  private async workAndPublish<T>(tx: Tx, work: (tx: Tx) => Promise<T>): Promise<Outcome<T>> {
    const result = await work(tx);
    await this.dispatcher.dispatchInTransaction(tx);
    await this.outbox.write(tx);
    return { result, reports: tx.reported() };
  }
}
