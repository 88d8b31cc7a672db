import { IsInt, IsString, Max, Min } from 'class-validator';
import type { EventName } from '@app/contracts';
import { IfGiven } from '../if-given';
import { WholeNumber } from '../whole-number';

export class EventsQueryDto {
  /** A `cursor` or `next` of an earlier answer. Left out: from the first event that is kept. */
  @IfGiven()
  @IsString()
  after?: string;

  /** At most so many events; 100 when left out. */
  @IfGiven()
  @WholeNumber()
  @IsInt()
  @Min(1)
  @Max(500)
  limit?: number;

  /** Seconds to wait for an event when there is none yet; 0 when left out. */
  @IfGiven()
  @WholeNumber()
  @IsInt()
  @Min(0)
  @Max(30)
  wait?: number;
}

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

export class FeedEventDto {
  /**
   * The same whenever it is read again. Events of one change share what stands before the dot.
   * @example 2f6dfb0e-8d0c-4f2c-9b57-1f4b5a3f9c11.0
   */
  id: string;

  /** As `after`, it goes on behind this event. */
  cursor: string;

  /** When the change began. The order of the feed is that of commits, which may differ. */
  at: Date;

  /** @example account.password-changed.v1 */
  name: EventName;

  actor: ActorDto;

  cause: CauseDto;

  /**
   * As docs/events.md lists it for each name, without `recipients`, `commonPassword`, `notMeUntil`, `newEmailTaken` and `addressTaken`.
   * @example {"accountId": "6f1c2b34-5a0e-4d0b-9d0b-7a3f4f2d9a10", "credentialVersion": 2}
   */
  data: object;
}

export class EventsDto {
  events: FeedEventDto[];

  /** The `after` of the next request, also when there are no events. */
  next: string;
}
