import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { AuditTrail } from '@app/platform';
import { ServiceClients } from '@app/session';
import { RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { ActivityQueryDto } from '../../http/activity-query.dto';
import { Fails } from '../../http/fails';
import { Idempotent } from '../../idempotency/idempotent';
import { ForServices } from '../for-services';
import { textIdOr } from '../known-form.pipe';
import { PageQueryDto } from './page-query.dto';
import { RotateDto } from './rotate.dto';
import { ServiceActivityDto, serviceEvent } from './service-activity.dto';
import { CreateServiceClientDto, NewSecretDto, NewServiceClientDto, ServiceClientsDto } from './service-client.dto';

const ClientId = () => Param('id', textIdOr('service-client.not-found'));

@ForServices()
@RequiresScope('admin')
@ApiTags('Service clients')
@Controller('internal/v1/service-clients')
export class ServiceClientsController {
  constructor(
    private readonly serviceClients: ServiceClients,
    private readonly trail: AuditTrail,
  ) {}

  /** Makes a service client. Its secret is in this answer alone. */
  @Post()
  @Idempotent()
  async create(@Body() dto: CreateServiceClientDto, @RequestedBy() requester: Requester): Promise<NewServiceClientDto> {
    const { id, secret, name, scopes } = await this.serviceClients.create(dto.name, dto.scopes, requester);
    return { clientId: id, clientSecret: secret, name, scopes };
  }

  /** The service clients, without their secrets. */
  @Get()
  async list(@Query() { after, limit = 100 }: PageQueryDto): Promise<ServiceClientsDto> {
    const { serviceClients, next } = await this.serviceClients.list({ after, limit });
    return { serviceClients: serviceClients.map(({ id, ...client }) => ({ clientId: id, ...client })), next };
  }

  /** What a client has done, also one that was revoked since. */
  @Fails('service-client.not-found')
  @Get(':id/activity')
  async activity(@ClientId() id: string, @Query() { after }: ActivityQueryDto): Promise<ServiceActivityDto> {
    await this.serviceClients.requireKnown(id);
    const { entries, next } = await this.trail.ofService(id, after);
    return { events: entries.map(serviceEvent), next };
  }

  /** Ends the client's tokens with it. */
  @Fails('service-client.not-found')
  @Delete(':id')
  @HttpCode(204)
  revoke(@ClientId() id: string, @RequestedBy() requester: Requester): Promise<void> {
    return this.serviceClients.revoke(id, requester);
  }

  /** Another secret for the same client. */
  @Fails('service-client.not-found')
  @Post(':id/rotate')
  @Idempotent()
  @HttpCode(200)
  async rotate(
    @ClientId() id: string,
    @Body() { overlapSeconds }: RotateDto,
    @RequestedBy() requester: Requester,
  ): Promise<NewSecretDto> {
    const { secret } = await this.serviceClients.rotate(id, overlapSeconds ?? 0, requester);
    return { clientSecret: secret };
  }
}
