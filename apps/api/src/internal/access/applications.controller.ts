import { Body, Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { Applications } from '@app/session';
import { RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { Idempotent } from '../../idempotency/idempotent';
import { ForServices } from '../for-services';
import { textIdOr } from '../known-form.pipe';
import { ApplicationsDto, RegisterApplicationDto, RegisteredApplicationDto } from './application.dto';
import { PageQueryDto } from './page-query.dto';

@ForServices()
@RequiresScope('admin')
@ApiTags('Applications')
@Controller('internal/v1/applications')
export class ApplicationsController {
  constructor(private readonly applications: Applications) {}

  /** Registers an application. */
  @Post()
  @Idempotent()
  async register(
    @Body() dto: RegisterApplicationDto,
    @RequestedBy() requester: Requester,
  ): Promise<RegisteredApplicationDto> {
    const { clientId, name, createdAt } = await this.applications.register(dto.name, requester);
    return { clientId, name, createdAt };
  }

  /** The registered applications. */
  @Get()
  list(@Query() { after, limit = 100 }: PageQueryDto): Promise<ApplicationsDto> {
    return this.applications.list({ after, limit });
  }

  /** Ends a registration, and with it every session that the application has opened. */
  @Fails('application.not-found')
  @Delete(':clientId')
  @HttpCode(204)
  revoke(
    @Param('clientId', textIdOr('application.not-found')) clientId: string,
    @RequestedBy() requester: Requester,
  ): Promise<void> {
    return this.applications.revoke(clientId, requester);
  }
}
