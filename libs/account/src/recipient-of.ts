import type { Locale, Recipient } from '@app/contracts';
import type { LiveAccount } from './account.entity';

/** An address of an account, and the language that its reader is told in. */
export interface Mailbox {
  email: string;
  locale: Locale;
}

/** The account's own address, as it is told of an event. */
export const recipientOf = (account: LiveAccount): Recipient => ({
  address: account.email,
  locale: account.locale,
  role: 'current',
});

/** Other addresses of the account, as they are told of an event. */
export const recipientsOf = (role: Recipient['role'], mailboxes: readonly Mailbox[]): Recipient[] =>
  mailboxes.map(({ email, locale }) => ({ address: email, locale, role }));
