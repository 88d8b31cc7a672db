import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { DeliveryQueue } from '@app/platform';
import { Gauge, Registry } from 'prom-client';
import { Public } from '../auth/decorators';
import { Metrics } from '../http/metrics';

@Public('the internal listener is the fence; figures name nobody')
@ApiTags('Health')
@Controller('metrics')
export class MetricsController {
  private readonly deliveries: Gauge<'status'>;

  constructor(
    private readonly metrics: Metrics,
    private readonly queue: DeliveryQueue,
  ) {
    const registers = [metrics.registry];
    this.deliveries = new Gauge({
      name: 'rekey_outbox_deliveries',
      help: 'Deliveries that wait: due for the next try, or parked until an operator asks for it. The same on every replica',
      labelNames: ['status'],
      registers,
    });
  }

  /** In the text format of Prometheus. Without the database it still tells what this process has counted. */
  @ApiOkResponse({ content: { 'text/plain': { schema: { type: 'string' } } } })
  @Get()
  @Header('content-type', Registry.PROMETHEUS_CONTENT_TYPE)
  async read(): Promise<string> {
    await this.readBacklog();
    return this.metrics.registry.metrics();
  }

  private async readBacklog(): Promise<void> {
    try {
      const { due, parked } = await this.queue.backlog();
      this.deliveries.set({ status: 'due' }, due);
      this.deliveries.set({ status: 'parked' }, parked);
    } catch {
      this.deliveries.reset();
    }
  }
}
