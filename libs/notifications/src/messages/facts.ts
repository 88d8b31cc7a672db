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
 * What an asker says of itself is kept out of a mail to somebody who has no account here: it would let anyone
 * mail words of their choice to a stranger in our name.
 */
export function factsOf({ at, requester }: Change, { forAccountHolder }: { forAccountHolder: boolean }): Facts {
  const { actor, device, userAgent, ip } = requester;
  return {
    when: utcTime(at),
    actor: actor.kind,
    service: actor.kind === 'service' ? actor.name : null,
    device: forAccountHolder ? device : null,
    userAgent: forAccountHolder ? userAgent : null,
    ip,
  };
}
