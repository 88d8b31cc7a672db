import { Injectable } from '@nestjs/common';
import type { DomainEvent } from '@app/contracts';
import { InTransaction, ParkedDeliveries, type RetriedNews, type Tx } from '@app/platform';
import { EmailUndos } from './email-undos';
import { NotMeLinks } from './not-me-links';

/** A mail that was parked has lost its way back. Retried by hand it brings a new one, which ends when the lost one would. */
@Injectable()
export class RenewLinksConsumer {
  constructor(
    private readonly parked: ParkedDeliveries,
    private readonly undos: EmailUndos,
    private readonly notMe: NotMeLinks,
  ) {}

  @InTransaction('account.renew-links')
  async renewLinks({ data }: DomainEvent<'delivery.retried.v1'>, tx: Tx): Promise<void> {
    const news = await this.parked.newsOf(tx, data.deliveryId);
    const secret: Record<string, string> = {};
    for (const event of news.events) Object.assign(secret, await this.renew(tx, event, news));
    if (Object.keys(secret).length > 0) await this.parked.seal(tx, data.deliveryId, secret);
  }

  private async renew(tx: Tx, { name, data }: DomainEvent, { at, target }: RetriedNews): Promise<object> {
    if (name === 'account.email-changed.v1') {
      const undoToken = await this.undos.renew(tx, { accountId: data.accountId, restoresEmail: target, at });
      return undoToken === null ? {} : { undoToken };
    }
    const isOwn = data.recipients.some(({ address, role }) => address === target && role === 'current');
    if (name === 'account.password-changed.v1' && isOwn) {
      const notMeToken = await this.notMe.renew(tx, data);
      return notMeToken === null ? {} : { notMeToken };
    }
    return {};
  }
}
