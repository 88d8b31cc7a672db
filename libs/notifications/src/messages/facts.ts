import type { Actor, Change } from '@app/contracts';
import { utcTime } from './plain-text';

/** Who did it, when and from where, as the template `facts` shows it. */
export interface Facts {
  when: string;
  actor: Actor['kind'];
  service: string | null;
  device: string | null;
  userAgent: string | null;
  ip: string | null;
}

/**
 * `withOwnWords`: what an asker says of itself too. Not in a mail to somebody who has no account here: it would let
 * anyone mail words of their choice to a stranger in our name.
 */
export function factsOf({ at, requester }: Change, { withOwnWords }: { withOwnWords: boolean }): Facts {
  const { actor, device, userAgent, ip } = requester;
  return {
    when: utcTime(at),
    actor: actor.kind,
    service: actor.kind === 'service' ? actor.name : null,
    device: withOwnWords ? device && withoutLinks(device) : null,
    userAgent: withOwnWords ? userAgent && withoutLinks(userAgent) : null,
    ip,
  };
}

/** Mail programs make links of what looks like an address or a name of a host; versions such as `13.3` stay. */
function withoutLinks(words: string): string {
  return words.normalize('NFKC').replace(/@|:\/\/|(?<!\d)[.\u3002]|[.\u3002](?!\d)/g, ' ');
}
