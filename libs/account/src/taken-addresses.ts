import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog, type Budget, GuessBudget, Settings, UnitOfWork, withoutReservation } from '@app/platform';
import { AccountRepository } from './account.repository';
import { inEvenTime } from './even-time';
import { networkOf } from './network-of';
import { recipientOf } from './recipient-of';

interface Wish {
  accountId: string;
  /** The canonical address that the account is to get. */
  email: string;
  requester: Requester;
}

const DAY_SECONDS = 86_400;

/**
 * "Not available" tells that somebody has the address. Where no code stands before that answer each account gets few of
 * them a day, and few addresses to try, each source as many as it may fail, and the owner is told.
 */
@Injectable()
export class TakenAddresses {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly budgets: GuessBudget,
    private readonly audit: AuditLog,
    private readonly unitOfWork: UnitOfWork,
    private readonly settings: Settings,
  ) {}

  /** @throws DomainError `request.too-many` when there were too many, for free and taken addresses alike; and what `change` throws. */
  async during(wish: Wish, change: () => Promise<unknown>): Promise<void> {
    const answers = this.answersOf(wish);
    await this.take(wish, [...answers, { ...daily('address-tried', wish.accountId), maxTries: 20 }]);
    try {
      await change();
    } catch (error) {
      if (error instanceof DomainError && error.code === 'email.unavailable') await this.note(wish);
      else await this.budgets.settle({ givenBack: answers });
      throw error;
    }
    await this.budgets.settle({ givenBack: answers });
  }

  private answersOf({ accountId, requester: { ip } }: Wish): Budget[] {
    const { sourceFailures } = this.settings;
    const own = { ...daily('address-taken', accountId), maxTries: 5 };
    if (ip === null || sourceFailures === 0) return [own];
    return [own, { ...daily('address-taken-source', networkOf(ip)), maxTries: sourceFailures }];
  }

  private async take({ accountId, requester }: Wish, budgets: readonly Budget[]): Promise<void> {
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(...budgets);
    if (spentScopes.length === 0) return;
    await this.audit.note('email.refused', accountId, requester);
    throw new DomainError('request.too-many', { retryAfterSeconds });
  }

  /** In even time: whether there is somebody to tell must not show. */
  private async note({ accountId, email, requester }: Wish): Promise<void> {
    await this.audit.note('email.unavailable-answered', accountId, requester);
    await inEvenTime(() => this.tellOwner(email, requester));
  }

  /** Once a day, however many ask: nobody can fill a mailbox by it. */
  private async tellOwner(email: string, requester: Requester): Promise<void> {
    const owner = await this.accounts.findByEmail(email);
    if (!owner) return;
    const { spentScopes } = await this.budgets.take({ ...daily('address-wanted', owner.id), maxTries: 1 });
    if (spentScopes.length > 0) return;
    const { id: accountId, credentialVersion } = owner;
    const data = { accountId, credentialVersion, recipients: [recipientOf(owner)] };
    // From where somebody asked stands in their own log: in the owner's it would outlive their account (ADR 0010).
    const asker = { ...withoutReservation(requester), ip: null, userAgent: null, device: null };
    await this.unitOfWork.run(asker, (tx) => Promise.resolve(tx.record('account.email-wanted-by-another.v1', data)));
  }
}

/** Who has none left must not use up those of a network address that others share. */
const daily = (scope: string, key: string) => ({
  ...{ scope, key, windowSeconds: DAY_SECONDS },
  refusesAll: true as const,
});
