import type { Recipient } from '@app/contracts';
import type { LiveAccount } from './account.entity';

/** The account's own address, as it is told of an event. */
export const recipientOf = (account: LiveAccount): Recipient => ({
  address: account.email,
  locale: account.locale,
  role: 'current',
});
