import { Injectable } from '@nestjs/common';
import type { Change } from '@app/contracts';
import { AfterCommit, type Delivery } from '../events/decorators';
import { PersonalTraces } from './personal-traces';

@Injectable()
export class EraseTracesConsumer {
  constructor(private readonly traces: PersonalTraces) {}

  /** The last of a deletion's deliveries: the person has been told, or could not be reached for a day. */
  @AfterCommit('platform.erase-traces')
  async eraseTraces(change: Change, delivery: Delivery): Promise<void> {
    for (const { name, data } of change.events) {
      if (name === 'account.deleted.v1') await this.traces.erase(data.accountId, delivery.id);
    }
  }
}
