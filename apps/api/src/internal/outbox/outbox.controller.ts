import { Controller, Get, HttpCode, Param, Post } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import type { Requester } from '@app/contracts';
import { ParkedDeliveries } from '@app/platform';
import { RequestedBy } from '../../auth/decorators';
import { RequiresScope } from '../../auth/service-token.guard';
import { Fails } from '../../http/fails';
import { Idempotent } from '../../idempotency/idempotent';
import { ForServices } from '../for-services';
import { uuidOr } from '../known-form.pipe';
import { ParkedDeliveriesDto } from './delivery.dto';

@ForServices()
@RequiresScope('admin')
@ApiTags('Outbox')
@Controller('internal/v1/outbox')
export class OutboxController {
  constructor(private readonly parked: ParkedDeliveries) {}

  /** Deliveries that were given up. */
  @Get()
  async listParked(): Promise<ParkedDeliveriesDto> {
    return { deliveries: await this.parked.list() };
  }

  /** Tries a parked delivery again. A code or link that its mail had is gone; the mail then says so. */
  @Fails('delivery.not-found')
  @Post(':id/retry')
  @Idempotent()
  @HttpCode(204)
  retry(@Param('id', uuidOr('delivery.not-found')) id: string, @RequestedBy() requester: Requester): Promise<void> {
    return this.parked.retry(id, requester);
  }
}
