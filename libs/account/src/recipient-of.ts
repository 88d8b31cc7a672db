import type { Recipient } from '@app/contracts';
import type { LiveAccount } from './account.entity';

/** The account's own address, as it is told of an event. */
export const recipientOf = (account: LiveAccount): Recipient => ({
  address: account.email,
  locale: account.locale,
  role: 'current',
});

/** Other addresses of the account, as they are told of an event. */
export const recipientsOf = (
  { locale }: LiveAccount,
  role: Recipient['role'],
  addresses: Iterable<string>,
): Recipient[] => [...addresses].map((address) => ({ address, locale, role }));
