import type { Actor, Change } from '@app/contracts';
import { utcTime } from './plain-text';

/** Who did it, when and from where, as the template `facts` shows it. */
export interface Facts {
  when: string;
  actor: Actor['kind'] | 'another-account';
  service: string | null;
  device: string | null;
  userAgent: string | null;
  ip: string | null;
}

/** `accountIds`: whose the news are; `null` for nobody's. */
interface MailOf {
  accountIds: readonly (string | null)[];
  /** After an attempt that failed. */
  isRepeated: boolean;
}

/**
 * What an asker says of itself is kept out of a mail to somebody who has no account here, or another one: it would let anyone
 * mail words of their choice to a stranger in our name. And out of one that failed before, perhaps for those words.
 */
export function factsOf({ at, requester }: Change, { accountIds, isRepeated }: MailOf): Facts {
  const { actor, device, userAgent, ip } = requester;
  const forHolder = accountIds.every((id) => id !== null);
  const byAnother = forHolder && actor.kind === 'account' && !accountIds.includes(actor.accountId);
  const said = (words: string | null) => (forHolder && !byAnother && !isRepeated && words ? withoutLinks(words) : null);
  return {
    when: utcTime(at),
    actor: byAnother ? 'another-account' : actor.kind,
    service: actor.kind === 'service' ? actor.name : null,
    device: said(device),
    userAgent: said(userAgent),
    // From where another person was signed in is theirs.
    ip: byAnother ? null : ip,
  };
}

/** Mail programs make links of what looks like an address or a name of a host; versions such as `13.3` stay. */
function withoutLinks(words: string): string {
  return words.normalize('NFKC').replace(/@|:\/\/|(?<!\d)[.\u3002]|[.\u3002](?!\d)/g, ' ');
}
