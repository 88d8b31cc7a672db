import { Controller, Get, Query, Req } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { DomainError } from '@app/contracts';
import { EventFeed } from '@app/platform';
import { ServiceClients, type ServiceIdentity } from '@app/session';
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
    private readonly clients: ServiceClients,
  ) {}

  /** What happened, in one order for all readers: each event once, resumable by cursor, by long poll with `wait`. */
  @Fails('event-cursor.invalid', 'event-cursor.gone')
  @Get()
  @RequiresScope('events:read')
  async read(
    @Query() { after, limit, wait }: EventsQueryDto,
    @Req() { signal, user }: FastifyRequest & { user: ServiceIdentity },
  ): Promise<EventsDto> {
    const page = await this.feed.read({ after, limit: limit ?? 100, waitSeconds: wait ?? 0 }, signal);
    // Whose client was revoked while it waited learns nothing of what happened since.
    if (!(await this.clients.isLive(user.serviceClientId))) throw new DomainError('access-token.invalid');
    return page;
  }
}
