import { Injectable } from '@nestjs/common';
import { DomainError, type Requester } from '@app/contracts';
import { isRepeat, PasswordHasher, type Tx, UnitOfWork } from '@app/platform';
import { AccountRepository } from './account.repository';
import { type AccountSummary, summaryOf } from './account-summary';
import { EmailAddress } from './email-address';
import { EmailClaims } from './email-claims';
import { type CreateAccountCommand, type NewAccount, newAccountOf } from './new-account';
import { NewAccounts } from './new-accounts';

@Injectable()
export class CreateAccount {
  constructor(
    private readonly accounts: AccountRepository,
    private readonly claims: EmailClaims,
    private readonly newAccounts: NewAccounts,
    private readonly hasher: PasswordHasher,
    private readonly unitOfWork: UnitOfWork,
  ) {}

  /** @throws DomainError `email.invalid`, `email.unavailable`, `password.too-weak`, `password-hash.unsupported` */
  async execute(command: CreateAccountCommand, requester: Requester): Promise<AccountSummary> {
    const email = EmailAddress.parse(command.email);
    // Spares a hash, at each start that finds its first account there. The claim below is what decides.
    const isTaken = !isRepeat(requester) && (await this.claims.isUnavailable(email.value, null));
    if (isTaken) throw new DomainError('email.unavailable');
    const account = await newAccountOf(email, command, this.hasher);
    const { result } = await this.unitOfWork.run(requester, (tx) => this.insert(tx, account));
    return result;
  }

  private async insert(tx: Tx, account: NewAccount): Promise<AccountSummary> {
    const id = (await this.newAccounts.insert(tx, [account])).get(account.email);
    if (id === undefined) throw new DomainError('email.unavailable');
    const created = await this.accounts.getInTransaction(tx, id);
    return summaryOf({ ...created, passwordHash: account.passwordHash });
  }
}
