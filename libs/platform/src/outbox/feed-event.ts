import type { Actor, DomainEvent, EventMap, EventName } from '@app/contracts';
import { writeCursor } from './feed-cursor';

/** What only mails need: addresses and languages, what a password is like and its link, whose an address is already (ADR 0009). */
type MailOnly = 'recipients' | 'commonPassword' | 'notMeUntil' | 'newEmailTaken' | 'addressTaken';

/** An event as other services get it. Narrow it by `name`. */
export type FeedEvent<N extends EventName = EventName> = {
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
    data: Omit<EventMap[K], MailOnly>;
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

/** The events of a change that follow the one at `index`, all by default, without those of nobody's account. */
export function feedEvents(change: PlacedChange, index = -1): FeedEvent[] {
  const { id: changeId, position, at, actor, requestId } = change;
  return change.events.flatMap(({ name, data }, i) => {
    if (i <= index || data.accountId === null) return [];
    const cursor = writeCursor({ position, index: i, changeId });
    const event = { id: `${changeId}.${i}`, cursor, at, name, actor, cause: { requestId }, data: shown(data) };
    return [event as FeedEvent];
  });
}

function shown(data: DomainEvent['data']): object {
  const {
    recipients: _recipients,
    commonPassword: _commonPassword,
    notMeUntil: _notMeUntil,
    newEmailTaken: _newEmailTaken,
    addressTaken: _addressTaken,
    ...rest
  } = data as Partial<Record<MailOnly, unknown>>;
  return rest;
}
