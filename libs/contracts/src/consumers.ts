import type { EventName } from './domain-events';

interface Consumer {
  /**
   * `in-transaction`: runs before the commit, may write through `tx`, and its error undoes all.
   * `after-commit`: runs from the outbox, at least once, and is retried.
   */
  phase: 'in-transaction' | 'after-commit';
  /** After-commit only: one delivery for each recipient of its events, in place of one a change. */
  per?: 'recipient';
  /** After-commit only: begins when no other delivery of the change is due any more. */
  last?: true;
  events: readonly EventName[];
}

const ENDS_EVERYTHING_OLDER = [
  'account.deleted.v1',
  'account.disabled.v1',
  'account.email-change-undone.v1',
  'account.email-changed.v1',
  'account.password-change-disowned.v1',
  'account.password-change-required.v1',
  'account.password-changed.v1',
] as const satisfies readonly EventName[];

const TELLS_SOMEBODY = [
  'account.code-requested.v1',
  'account.deleted.v1',
  'account.disabled.v1',
  'account.email-change-requested.v1',
  'account.email-change-undone.v1',
  'account.email-changed.v1',
  'account.email-verified.v1',
  'account.email-wanted-by-another.v1',
  'account.enabled.v1',
  'account.password-change-disowned.v1',
  'account.password-change-required.v1',
  'account.password-changed.v1',
  'account.password-proved-after-failures.v1',
  'account.password-reset-requested.v1',
  'account.updated.v1',
  'api-key.created.v1',
  'api-key.revoked.v1',
  'api-key.rotated.v1',
  'session.refresh-token-reused.v1',
  'session.sessions-ended.v1',
] as const satisfies readonly EventName[];

/**
 * Who hears what. Names stand here as data so that the writer of an event needs none of their code,
 * and a process refuses to start, or a change to commit, unless each name has exactly one handler.
 * In-transaction consumers run in the order of their names: account before session (lock order).
 */
export const CONSUMERS = {
  'account.renew-links': { phase: 'in-transaction', events: ['delivery.retried.v1'] },
  'account.void-proofs': { phase: 'in-transaction', events: ENDS_EVERYTHING_OLDER },
  'session.check-asker': {
    phase: 'in-transaction',
    events: ['account.email-change-requested.v1', 'account.email-changed.v1', 'account.password-changed.v1'],
  },
  'session.end-sessions': { phase: 'in-transaction', events: ENDS_EVERYTHING_OLDER },
  'platform.erase-traces': { phase: 'after-commit', last: true, events: ['account.deleted.v1'] },
  'notifications.send-mail': { phase: 'after-commit', per: 'recipient', events: TELLS_SOMEBODY },
} as const satisfies Record<string, Consumer>;

export type ConsumerName = keyof typeof CONSUMERS;
export type InTransactionConsumer = {
  [K in ConsumerName]: (typeof CONSUMERS)[K]['phase'] extends 'in-transaction' ? K : never;
}[ConsumerName];
export type AfterCommitConsumer = Exclude<ConsumerName, InTransactionConsumer>;
/** The events that a consumer hears. */
export type EventsOf<C extends ConsumerName> = (typeof CONSUMERS)[C]['events'][number];
