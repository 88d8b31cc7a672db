import { ApiExtraModels, ApiProperty } from '@nestjs/swagger';
import { IsInt, IsString, Max, Min } from 'class-validator';
import type { FeedEvent } from '@app/platform';
import { IfGiven } from '../if-given';
import { WholeNumber } from '../whole-number';
import { EVENT_SCHEMAS, EVENT_SHAPES } from './events.docs';

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

@ApiExtraModels(...EVENT_SHAPES)
export class EventsDto {
  @ApiProperty({ type: 'array', items: { oneOf: EVENT_SCHEMAS } })
  events: FeedEvent[];

  /** The `after` of the next request, also when there are no events. */
  next: string;
}
