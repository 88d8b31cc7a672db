import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { AuditLog, type Budget, GuessBudget } from '@app/platform';

/** Tries at the password of an account that is known by its session or its link, each counted before it is judged. */
@Injectable()
export class PasswordTries {
  constructor(
    private readonly budgets: GuessBudget,
    private readonly audit: AuditLog,
  ) {}

  /** A refusal stands in the account's log. @throws DomainError `request.too-many` of the source, else `password.too-many-tries` */
  async take(accountId: string, requester: Requester, budgets: readonly Budget[]): Promise<void> {
    const { spentScopes, retryAfterSeconds } = await this.budgets.take(...budgets);
    if (spentScopes.length === 0) return;
    await this.audit.note('password.current-refused', accountId, requester);
    const isOfSource = spentScopes.includes('source');
    throw new DomainError(isOfSource ? 'request.too-many' : 'password.too-many-tries', { retryAfterSeconds });
  }
}
