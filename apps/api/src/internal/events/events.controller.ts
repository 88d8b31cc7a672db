import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { EventFeed } from '@app/platform';
import { ServiceTokens } from '@app/session';
import { bearerToken } from '../../auth/bearer-token';
import { RequiresScope } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { ForServices } from '../for-services';
import { EventsDto, EventsQueryDto } from './events.dto';

@ForServices()
@ApiTags('Events')
@Controller('internal/v1/events')
export class EventsController {
  constructor(
    private readonly feed: EventFeed,
    private readonly tokens: ServiceTokens,
  ) {}

  /** What happened, in one order for all readers: each event once, resumable by cursor, by long poll with `wait`. */
  @Fails('event-cursor.invalid', 'event-cursor.gone')
  @Get()
  @RequiresScope('events:read')
  async read(@Query() { after, limit, wait }: EventsQueryDto, @Req() request: FastifyRequest): Promise<EventsDto> {
    const page = await this.feed.read({ after, limit: limit ?? 100, waitSeconds: wait ?? 0 }, request.signal);
    // Whose token ended while it waited, by itself or with its client, learns nothing of what happened since.
    await this.tokens.verify(bearerToken(request) ?? '');
    return page;
  }
}
