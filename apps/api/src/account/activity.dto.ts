import type { AuditEntry } from '@app/platform';

/** Who did it, as the account's own person is told. */
type Who = 'you' | 'service' | 'anonymous' | 'system' | 'somebody-else';

export class ActivityEventDto {
  /** @example "4711" */
  id: string;

  at: Date;

  /** @example account.password-changed.v1 */
  action: string;

  /** `anonymous`: somebody who was not signed in, as whoever signs in is; `system`: this service itself. */
  actor: Who;

  /**
   * The name of the service that did it.
   * @example billing
   */
  service: string | null;

  /**
   * What the device said of itself.
   * @example "Mozilla/5.0 (X11; Linux x86_64)"
   */
  device: string | null;

  /** @example 192.0.2.1 */
  ip: string | null;
}

export class ActivityDto {
  /** At most 100, the newest first. */
  events: ActivityEventDto[];

  /** The `after` of the next page; null on the last one. */
  next: string | null;
}

export function activityEvent({ id, at, action, accountId, requester }: AuditEntry): ActivityEventDto {
  const { actor, ip, device, userAgent } = requester;
  const about = { id, at, action, service: actor.kind === 'service' ? actor.name : null };
  // From where somebody else was signed in is theirs, and where a service runs is its operator's.
  if (actor.kind === 'account' && actor.accountId !== accountId) {
    return { ...about, actor: 'somebody-else', device: null, ip: null };
  }
  if (actor.kind === 'service') return { ...about, actor: 'service', device: null, ip: null };
  return { ...about, actor: actor.kind === 'account' ? 'you' : actor.kind, device: device ?? userAgent, ip };
}
