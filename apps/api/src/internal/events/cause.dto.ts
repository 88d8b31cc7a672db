/** Who caused the change; `system` is the service itself. */
export class ActorDto {
  kind: 'account' | 'service' | 'anonymous' | 'system';

  /** Of kind `account`. */
  accountId?: string;

  /** Of kind `account`; null when no session was involved. */
  sessionId?: string | null;

  /** Of kind `service`, as is `name`. */
  clientId?: string;

  name?: string;
}

/** The request that asked for the change. */
export class CauseDto {
  /** Its `X-Request-Id`. */
  requestId: string;
}
