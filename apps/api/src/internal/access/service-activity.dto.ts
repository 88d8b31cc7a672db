import type { AuditEntry } from '@app/platform';

export class ServiceEventDto {
  /** @example "4711" */
  id: string;

  at: Date;

  /** @example account.updated.v1 */
  action: string;

  /** Null for what is of no account. */
  accountId: string | null;

  /** Its `X-Request-Id`. */
  requestId: string;

  /** @example 192.0.2.1 */
  ip: string | null;

  /**
   * As docs/events.md lists it for each name, without addresses.
   * @example {"credentialVersion": 2, "fields": ["plan"]}
   */
  details: object;
}

export class ServiceActivityDto {
  /** At most 100, the newest first. */
  events: ServiceEventDto[];

  /** The `after` of the next page; null on the last one. */
  next: string | null;
}

export function serviceEvent({ id, at, action, accountId, requester, details }: AuditEntry): ServiceEventDto {
  const { requestId, ip } = requester;
  return { id, at, action, accountId, requestId, ip, details };
}
