import { Injectable } from '@nestjs/common';
import { EventEmitter2 } from '@nestjs/event-emitter';
import { type Change, CONSUMERS, type ConsumerName, type EventName } from '@app/contracts';
import type { Tx } from '../database/unit-of-work';
import { type Delivery, topicOf } from './decorators';

type Phase = (typeof CONSUMERS)[ConsumerName]['phase'];

/** Sorted: that is the order in which they run and lock. */
const NAMES = (Object.keys(CONSUMERS) as ConsumerName[]).sort();

/** The consumers of a phase, in the order of their names. */
export function consumersOf(phase: Phase): ConsumerName[] {
  return NAMES.filter((name) => CONSUMERS[name].phase === phase);
}

export function hears(consumer: ConsumerName, event: EventName): boolean {
  return (CONSUMERS[consumer].events as readonly EventName[]).includes(event);
}

/**
 * Calls the handlers that `@InTransaction` and `@AfterCommit` have subscribed, one after another.
 * EventEmitter2's own `emitAsync` runs them together and is content with nobody listening.
 */
@Injectable()
export class EventDispatcher {
  constructor(private readonly emitter: EventEmitter2) {}

  /** Consumers may record further events; those are dispatched too. */
  async dispatchInTransaction(tx: Tx): Promise<void> {
    for (const event of tx.events) {
      for (const consumer of consumersOf('in-transaction').filter((name) => hears(name, event.name))) {
        await this.handlerOf(consumer)(event, tx);
      }
    }
  }

  async dispatchAfterCommit(consumer: ConsumerName, change: Change, delivery: Delivery): Promise<void> {
    await this.handlerOf(consumer)(change, delivery);
  }

  /** Throws unless each consumer of the phase has exactly one handler in this process. */
  requireHandlers(phase: Phase): void {
    for (const consumer of consumersOf(phase)) this.handlerOf(consumer);
  }

  private handlerOf(consumer: ConsumerName): (...args: unknown[]) => Promise<void> {
    const [handler, ...others] = this.emitter.listeners(topicOf(consumer));
    if (!handler || others.length > 0) {
      throw new Error(
        `The consumer ${consumer} has ${handler ? others.length + 1 : 'no'} handlers; it needs exactly one.`,
      );
    }
    return handler as (...args: unknown[]) => Promise<void>;
  }
}
