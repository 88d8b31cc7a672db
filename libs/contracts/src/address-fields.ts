import type { EventMap, EventName } from './domain-events';

type FieldOf<N extends EventName> = N extends EventName ? keyof EventMap[N] : never;
type AddressField = Extract<FieldOf<EventName>, 'email' | `${string}Email`>;

/** The fields of events that hold an address: emptied once the account is deleted (ADR 0010). */
export const ADDRESS_FIELDS = Object.keys({
  email: true,
  newEmail: true,
  oldEmail: true,
  replacedEmail: true,
  restoredEmail: true,
} satisfies Record<AddressField, true>);
