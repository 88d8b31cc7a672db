import { createHash } from 'node:crypto';
import { type Change, LOCALES, type Locale, type Recipient } from '@app/contracts';
import type { DeliverySecret } from './delivery-secret';
import type { Mail } from './mailer';
import { factsOf } from './messages/facts';
import { renderMessage } from './messages/render-message';
import { isMailed, type MailedEvent, sectionOf } from './messages/sections';

interface MailDelivery {
  /** The canonical address that the mail goes to; an event of the change names it. */
  target: string;
  secret: DeliverySecret | null;
  /** When what the mail carries ends, if that is later than its event says. */
  expiresAt?: Date | null;
  /** After an attempt that failed. What a caller chose is left out then: the mail server may refuse the mail for it. */
  isRepeated?: boolean;
}

interface Sender {
  /** Base of the links, without a slash at its end. */
  publicUrl: string;
  from: string;
}

interface News {
  event: MailedEvent;
  to: Recipient;
}

/** The one mail that tells `target` of every event of the change that names it, in the language of its entry. */
export function composeMail(change: Change, delivery: MailDelivery, { publicUrl, from }: Sender): Mail {
  const { target, secret, expiresAt, isRepeated = false } = delivery;
  const news = newsFor(change, target);
  const language = localeOf(news);
  const message = renderMessage({
    locale: language,
    sections: news.map(({ event, to }) =>
      sectionOf(event.name, event.data, { at: change.at, to, secret, expiresAt, isRepeated, publicUrl }),
    ),
    facts: factsOf(change, { accountIds: news.map(holderOf), isRepeated }),
  });
  return {
    messageId: messageIdOf(change, target, publicUrl),
    to: target,
    from,
    ...message,
    language,
    headers: { 'Auto-Submitted': 'auto-generated', 'Content-Language': language },
  };
}

function newsFor(change: Change, target: string): [News, ...News[]] {
  const [first, ...others] = change.events.filter(isMailed).flatMap((event) => {
    const to = event.data.recipients.find(({ address }) => address === target);
    return to ? [{ event, to }] : [];
  });
  if (!first) throw new Error(`No event of change ${change.id} names the recipient of this delivery.`);
  return [first, ...others];
}

/** The owner's of an address that another account wants: the event names the account that asks alone. */
const OF_ANOTHER = 'another';

/** Whose account the mailbox is known to be; `null` while it is only an address that somebody has entered. */
function holderOf({ event: { name, data }, to }: News): string | null {
  if (name === 'account.email-change-requested.v1' && to.role === 'new' && data.newEmailTaken) return OF_ANOTHER;
  const isProved = to.role !== 'new' || (name === 'account.email-changed.v1' && data.emailVerified);
  const asksForProof = name === 'account.code-requested.v1' && data.purpose === 'email-verification';
  return isProved && !asksForProof ? data.accountId : null;
}

/** A language that was dropped since the event was recorded must not cost anybody an alert. */
function localeOf([{ to }]: [News, ...News[]]): Locale {
  return LOCALES.find((locale) => locale === to.locale) ?? 'en';
}

function messageIdOf(change: Change, target: string, publicUrl: string): string {
  const recipient = createHash('sha256').update(target).digest('hex').slice(0, 16);
  return `<${change.id}.${recipient}@${new URL(publicUrl).hostname}>`;
}
