/** Who caused a change. `system`: the service itself, e.g. at its first start. */
export type Actor =
  | { kind: 'account'; accountId: string; sessionId: string | null }
  | { kind: 'service'; clientId: string; name: string }
  | { kind: 'anonymous' }
  | { kind: 'system' };

/** The request that asks for a change, as the audit row and the alerts show it. */
export interface Requester {
  actor: Actor;
  requestId: string;
  /** The network address of the caller; `null` when there is none. */
  ip: string | null;
  userAgent: string | null;
  /** What a caller says of its device, cut to a sane length; `null` when it says nothing. */
  device: string | null;
}
