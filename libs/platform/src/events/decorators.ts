import { OnEvent } from '@nestjs/event-emitter';
import type {
  AfterCommitConsumer,
  Change,
  ConsumerName,
  DomainEvent,
  EventsOf,
  InTransactionConsumer,
} from '@app/contracts';
import type { Tx } from '../database/unit-of-work';

/** What an after-commit consumer gets beside the change: one row of the outbox. */
export interface Delivery {
  id: string;
  /** The recipient's address when the consumer is called once a recipient, else empty. */
  target: string;
  /** This one included. */
  attempts: number;
  /** What only this delivery may know (a code, a link's token); `null` when there is none or it was erased. */
  secret: Record<string, string> | null;
}

type InTransactionMethod<C extends InTransactionConsumer> = (event: DomainEvent<EventsOf<C>>, tx: Tx) => Promise<void>;
type AfterCommitMethod = (change: Change, delivery: Delivery) => Promise<void>;

export const topicOf = (consumer: ConsumerName): string => `consumer:${consumer}`;

/** Runs before the commit, in the order of consumers' names; an error undoes the whole change. */
export const InTransaction =
  <C extends InTransactionConsumer>(consumer: C) =>
  (target: object, key: string, method: TypedPropertyDescriptor<InTransactionMethod<C>>): void => {
    // Without suppressErrors: false Nest logs a consumer's error and the change would commit without it.
    OnEvent(topicOf(consumer), { suppressErrors: false })(target, key, method);
  };

/** Runs from the outbox after the commit, at least once: must be idempotent by the delivery's id. */
export const AfterCommit =
  (consumer: AfterCommitConsumer) =>
  (target: object, key: string, method: TypedPropertyDescriptor<AfterCommitMethod>): void => {
    OnEvent(topicOf(consumer), { suppressErrors: false })(target, key, method);
  };
