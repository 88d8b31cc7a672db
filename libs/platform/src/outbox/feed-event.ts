import type { Actor, DomainEvent, EventMap, EventName } from '@app/contracts';
import { writeCursor } from './feed-cursor';

/** What only mails need: addresses and languages, what a password is like and its ways back, whose an address is already (ADR 0009). */
export const MAIL_ONLY = [
  'recipients',
  'commonPassword',
  'notMeUntil',
  'canReset',
  'newEmailTaken',
  'addressTaken',
] as const;

/** These end sessions of many accounts and name none of them. What else is of no account is not shown. */
export const OF_MANY_ACCOUNTS = [
  'application.revoked.v1',
  'installation.restored.v1',
  'session.all-sessions-ended.v1',
] as const satisfies EventName[];

type OfAnAccount = { [N in EventName]: EventMap[N]['accountId'] extends null ? never : N }[EventName];
export type FeedEventName = OfAnAccount | (typeof OF_MANY_ACCOUNTS)[number];

/** An event as other services get it. Narrow it by `name`. */
export type FeedEvent<N extends FeedEventName = FeedEventName> = {
  [K in N]: {
    /** The same in every reading. */
    id: string;
    /** Reading after it goes on behind this event. */
    cursor: string;
    /** When the change began, by the database's clock. The feed's order is that of commits. */
    at: Date;
    name: K;
    actor: Actor;
    cause: { requestId: string };
    data: Omit<EventMap[K], (typeof MAIL_ONLY)[number]>;
  };
}[N];

/** A change as the feed reads it. */
export interface PlacedChange {
  id: string;
  position: string;
  at: Date;
  actor: Actor;
  requestId: string;
  events: readonly DomainEvent[];
}

/** The events of a change that follow the one at `index`, all by default, without those that are not shown. */
export function feedEvents(change: PlacedChange, index = -1): FeedEvent[] {
  const { id: changeId, position, at, actor, requestId } = change;
  return change.events.flatMap(({ name, data }, i) => {
    if (i <= index || !isShown(name, data.accountId)) return [];
    const cursor = writeCursor({ position, index: i, changeId });
    const event = { id: `${changeId}.${i}`, cursor, at, name, actor, cause: { requestId }, data: shown(data) };
    return [event as FeedEvent];
  });
}

function isShown(name: EventName, accountId: string | null): boolean {
  return accountId !== null || OF_MANY_ACCOUNTS.some((shown) => shown === name);
}

function shown(data: DomainEvent['data']): object {
  const left: readonly string[] = MAIL_ONLY;
  return Object.fromEntries(Object.entries(data).filter(([field]) => !left.includes(field)));
}
